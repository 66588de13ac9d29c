"""Payment providers on this machine: their protocols, their page, their webhooks, their money, and all their faults."""
