"""The proof that whoever calls knows the app secret, for apps that demand it in Zalo's console.

The one rule: without being told, it is shown from the first refusal for the lack of it (-242, -1241) on.
"""

import hashlib
import hmac

from zalobot.zalo.codes import NO_PROOF

AUTO, ALWAYS, NEVER = MODES = ("auto", "always", "never")


def appsecret_proof(access_token: str, app_secret: str) -> str:
    """The proof for one access token."""
    return hmac.new(app_secret.encode(), access_token.encode(), hashlib.sha256).hexdigest()


class Proof:
    """Whether the proof is shown, and the header with it. Without a secret there is none."""

    def __init__(self, app_secret: str = "", mode: str = AUTO) -> None:
        self._secret = "" if mode == NEVER else app_secret
        self._shown = mode == ALWAYS

    def headers(self, access_token: str) -> dict[str, str]:
        """What a call carries."""
        if not (self._shown and self._secret):
            return {}
        return {"appsecret_proof": appsecret_proof(access_token, self._secret)}

    def demanded(self, code: int) -> bool:
        """Whether this refusal is for the lack of a proof that will be shown from now on: worth calling again."""
        if code not in NO_PROOF or self._shown or not self._secret:
            return False
        self._shown = True
        return True
