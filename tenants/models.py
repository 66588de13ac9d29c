"""The tables of a tenant: who it is, whom it employs, what it sells, where it is reached. Constraints: migrations."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, Double, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from core.tables import instant, metadata

tenants = Table(
    "tenants",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("key", Text),
    Column("name", Text),
    Column("vertical", Text),
    Column("country", Text),
    Column("currency", Text),
    Column("timezone", Text),
    Column("languages", ARRAY(Text)),
    Column("rules", JSONB),
    Column("llm", JSONB),
    Column("fingerprint", Text),
    Column("version", BigInteger),
    instant("created_at"),
)

# What a tenant may spend on the model, and what is counted of it. Money is micro-dollars; the row without a tenant is
# the platform's own and is not seen by row-level security.
llm_quotas = Table(
    "llm_quotas",
    metadata,
    Column("tenant_id", BigInteger),
    Column("tokens_per_day", BigInteger),
    Column("cost_per_month_u", BigInteger),
    Column("requests_per_minute", Integer),
    Column("turns_per_hour", Integer),
    Column("day", Date),
    Column("day_tokens", BigInteger),
    Column("day_reserved", BigInteger),
    Column("month", Date),
    Column("month_cost_u", BigInteger),
    Column("month_reserved_u", BigInteger),
    instant("next_request_at"),
    Column("warned_day", Date),
    Column("warned_month", Date),
)

tenant_keys = Table(
    "tenant_keys",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("key_id", Text),
    Column("wrapped_key", LargeBinary),
    instant("created_at"),
)

# `hours` is {"mon": ["09:00-13:00", …]} as in the tenant file; "22:00-02:00" runs past midnight, an end may be "24:00".
locations = Table(
    "locations",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("key", Text),
    Column("name", JSONB),
    Column("address", Text),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("timezone", Text),
    Column("hours", JSONB(none_as_null=True)),
    Column("overrides", JSONB),
    Column("position", Integer),
    Column("active", Boolean),
)

# `category` is the kind of a room, so that a service may ask for any one of a kind.
resources = Table(
    "resources",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("kind", Text),
    Column("key", Text),
    Column("name", Text),
    Column("category", Text),
    Column("location_id", BigInteger),
    Column("active", Boolean),
)

# `overrides` is {"2026-12-24": ["09:00-12:00"], "2026-12-25": []}: each replaces the hours of its date. `breaks` has
# the shape of `hours`; `time_off` is [["2026-08-03", "2026-08-14"], …], both days included.
staff = Table(
    "staff",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("key", Text),
    Column("name", Text),
    Column("synonyms", JSONB),
    Column("location_id", BigInteger),
    Column("resource_id", BigInteger),
    Column("hours", JSONB),
    Column("overrides", JSONB),
    Column("breaks", JSONB),
    Column("time_off", JSONB),
    Column("max_bookings_per_day", Integer),
    Column("max_minutes_per_day", Integer),
    Column("position", Integer),
    Column("active", Boolean),
)

# `name` and `description` are {language: text}, `synonyms` {language: [text, …]};
# `deposit` is {"percent": 30}, {"amount_minor": 5000}, {"full": true} or null.
# `variants` are [{key, name, duration_minutes, price_minor}], of which one is chosen; `add_ons` the same, of which any
# may be added; `any_resources` are kinds of rooms, of each of which one is needed.
services = Table(
    "services",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("key", Text),
    Column("name", JSONB),
    Column("synonyms", JSONB),
    Column("description", JSONB),
    Column("duration_minutes", Integer),
    Column("buffer_before_minutes", Integer),
    Column("buffer_after_minutes", Integer),
    Column("price_minor", BigInteger),
    Column("capacity", Integer),
    Column("deposit", JSONB(none_as_null=True)),
    Column("variants", JSONB),
    Column("add_ons", JSONB),
    Column("any_resources", JSONB),
    Column("needs_all_staff", Boolean),
    Column("max_bookings_per_day", Integer),
    Column("max_minutes_per_day", Integer),
    Column("position", Integer),
    Column("active", Boolean),
)

# What this person does differently: null is the service's own; `variants` is {key: {duration_minutes, price_minor}}.
service_staff = Table(
    "service_staff",
    metadata,
    Column("tenant_id", BigInteger, primary_key=True),
    Column("service_id", BigInteger, primary_key=True),
    Column("staff_id", BigInteger, primary_key=True),
    Column("position", Integer),
    Column("duration_minutes", Integer),
    Column("price_minor", BigInteger),
    Column("variants", JSONB),
)

service_resources = Table(
    "service_resources",
    metadata,
    Column("tenant_id", BigInteger, primary_key=True),
    Column("service_id", BigInteger, primary_key=True),
    Column("resource_id", BigInteger, primary_key=True),
)

holidays = Table(
    "holidays",
    metadata,
    Column("tenant_id", BigInteger, primary_key=True),
    Column("date", Date, primary_key=True),
    Column("name", Text),
)

knowledge = Table(
    "knowledge",
    metadata,
    Column("tenant_id", BigInteger, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("text", JSONB),
)

merchants = Table(
    "merchants",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("name", Text),
    Column("role", Text),
    Column("phone", Text),
    Column("telegram_user_id", BigInteger),
    Column("language", Text),
    Column("staff_id", BigInteger),
    Column("active", Boolean),
)

# `external_id` is the vendor's name of the account: the phone_number_id of WhatsApp, the instance of Evolution.
# It is null while the account is inactive, so that another tenant may take the number over.
channel_accounts = Table(
    "channel_accounts",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("kind", Text),
    Column("account", Text),
    Column("external_id", Text),
    Column("secrets", Text),
    Column("active", Boolean),
)

payment_accounts = Table(
    "payment_accounts",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("provider", Text),
    Column("account", Text),
    Column("secrets", Text),
    Column("settings", JSONB),
    Column("active", Boolean),
    instant("next_payout_at"),
)

customers = Table(
    "customers",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("name", Text),
    Column("phone", Text),
    instant("created_at"),
)

channel_identities = Table(
    "channel_identities",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("account_id", BigInteger),
    Column("external_id", Text),
    Column("customer_id", BigInteger),
    Column("merchant_id", BigInteger),
    Column("display_name", Text),
    Column("phone", Text),
    instant("blocked_at"),
    instant("created_at"),
)
