"""What Zalo tells us. `dispatch` lists the routers; every handler is `(session, event, now)`."""
