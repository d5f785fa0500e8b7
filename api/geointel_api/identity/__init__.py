"""Who a visitor is: API keys, bearer tokens of an OpenID issuer, and the sessions of people who signed in on the page."""
