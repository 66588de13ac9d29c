from core.runtime import Runtime
from tests.webhooks.conftest import Web


async def test_livez_says_only_that_the_process_lives(web: Web) -> None:
    async with web.client.get("/livez") as answer:
        assert answer.status == 200


async def test_readyz_waits_for_the_first_worker_and_then_only_for_the_database(web: Web, runtime: Runtime) -> None:
    key = "booka:jobs:health-check"
    await runtime.queue.redis.delete(key)
    async with web.client.get("/readyz") as answer:
        assert (answer.status, await answer.json()) == (503, {"database": True, "redis": True, "worker": False})
    await runtime.queue.redis.set(key, b"alive", ex=30)
    async with web.client.get("/readyz") as answer:
        assert answer.status == 200
    await runtime.queue.redis.delete(key)
    async with web.client.get("/readyz") as answer:
        assert answer.status == 200


async def test_metrics_count_requests_by_route_and_status(web: Web) -> None:
    async with web.client.post("/webhooks/telegram/nobody") as answer:
        assert answer.status == 404
    async with web.client.get("/metrics") as answer:
        text = await answer.text()
    assert 'booka_http_requests_total{route="/webhooks/telegram/{account}",status="404"}' in text
    assert "nobody" not in text
