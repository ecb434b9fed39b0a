"""The people that the users demo begins with, and the memory that keeps them."""

import base64
import binascii
import unicodedata
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from wirelens.demos.service import MessageTypes

# Name | city | country | tags. The last ones get ids above 2^53.
_PEOPLE = """
Mary Somerville|Jedburgh|GB|astronomy,writing
Charles Babbage|London|GB|mathematics,machines
Sofia Kovalevskaya|Moscow|RU|mathematics
George Boole|Lincoln|GB|logic
Florence Nightingale|London|GB|statistics,medicine
Carl Friedrich Gauss|Göttingen|DE|mathematics,astronomy
Caroline Herschel|Hannover|DE|astronomy
Leonhard Euler|Basel|CH|mathematics
Émilie du Châtelet|Paris|FR|physics,writing
Blaise Pascal|Clermont-Ferrand|FR|mathematics,machines
Sophie Germain|Paris|FR|mathematics
Joseph Fourier|Auxerre|FR|mathematics,physics
Maria Gaetana Agnesi|Milan|IT|mathematics
Galileo Galilei|Pisa|IT|astronomy,physics
Hypatia|Alexandria|EG|mathematics,astronomy
Al-Khwarizmi|Baghdad|IQ|mathematics
Ibn al-Haytham|Basra|IQ|physics,optics
Aryabhata|Patna|IN|mathematics,astronomy
Srinivasa Ramanujan|Erode|IN|mathematics
Zu Chongzhi|Nanjing|CN|mathematics,astronomy
Wang Zhenyi|Nanjing|CN|astronomy,writing
Seki Takakazu|Edo|JP|mathematics
Hantaro Nagaoka|Nagasaki|JP|physics
Marie Curie|Warsaw|PL|physics,chemistry
Nicolaus Copernicus|Toruń|PL|astronomy
Niels Bohr|Copenhagen|DK|physics
Tycho Brahe|Knutstorp|SE|astronomy
Anders Celsius|Uppsala|SE|astronomy,physics
Niels Henrik Abel|Oslo|NO|mathematics
János Bolyai|Cluj|RO|mathematics
Bernard Bolzano|Prague|CZ|mathematics,logic
Gregor Mendel|Brno|CZ|biology
Lise Meitner|Vienna|AT|physics
Ludwig Boltzmann|Vienna|AT|physics
Emmy Noether|Erlangen|DE|mathematics
Konrad Zuse|Berlin|DE|machines
Mary Anning|Lyme Regis|GB|biology
Michael Faraday|London|GB|physics,chemistry
James Clerk Maxwell|Edinburgh|GB|physics
Alan Turing|London|GB|mathematics,machines,logic
Rosalind Franklin|London|GB|chemistry,biology
Ada Lovelace|London|GB|mathematics,machines,poetry
Grace Hopper|New York|US|machines,languages
Claude Shannon|Petoskey|US|mathematics,machines
Katherine Johnson|White Sulphur Springs|US|mathematics,astronomy
Henrietta Swan Leavitt|Lancaster|US|astronomy
Benjamin Banneker|Ellicott's Mills|US|astronomy,machines
Annie Jump Cannon|Dover|US|astronomy
Vera Rubin|Philadelphia|US|astronomy
Maryam Mirzakhani|Tehran|IR|mathematics
Carlos Chagas|Oliveira|BR|medicine,biology
César Lattes|Curitiba|BR|physics
Ruth Benerito|New Orleans|US|chemistry
Chien-Shiung Wu|Liuhe|CN|physics
Tu Youyou|Ningbo|CN|medicine,chemistry
Abdus Salam|Jhang|PK|physics
""".strip()

FIRST_LARGE_ID = 2**53 + 1
_SMALL_IDS = 48
_FIRST_DAY = datetime(2024, 1, 1, 9, 30)
_ROLES = {1: 3, 2: 2, 13: 2, 42: 2}  # one owner, three admins; the rest are members


class PageTokenError(ValueError):
    """A page token that this server did not give, or gave for another filter."""


class UserStore:
    """Users by id, in the order they were added."""

    def __init__(self, types: MessageTypes) -> None:
        self._users: dict[int, Any] = {}
        self._next_id = FIRST_LARGE_ID
        for number, line in enumerate(_PEOPLE.splitlines(), 1):
            user = _seeded(types, number, line)
            user.id = number if number <= _SMALL_IDS else self._take_id()
            self._users[user.id] = user

    def __len__(self) -> int:
        return len(self._users)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._users.values())

    def get(self, user_id: int) -> Any | None:
        return self._users.get(user_id)

    def with_email(self, email: str) -> Any | None:
        return next((user for user in self if user.email.casefold() == email.casefold()), None)

    def add(self, user: Any) -> None:
        """Keeps `user` and gives it its id and times."""
        user.id = self._take_id()
        user.create_time.GetCurrentTime()
        user.update_time.CopyFrom(user.create_time)
        self._users[user.id] = user

    def replace(self, user: Any) -> None:
        user.update_time.GetCurrentTime()
        self._users[user.id] = user

    def remove(self, user_id: int) -> None:
        del self._users[user_id]

    def page(self, text: str, token: str, size: int) -> tuple[list[Any], str, int]:
        """The users that match `text` after `token`, newest first: (users, token of the next page, how many in all).

        Raises:
            PageTokenError: `token` is not from this server and this filter.
        """
        found = [user for user in reversed(self._users.values()) if _matches(user, text)]
        if token:
            # Ids grow, so this holds even if the last user of the page before is gone by now.
            last_id = _read_token(token, text)
            after = [user for user in found if user.id < last_id]
        else:
            after = found
        users = after[:size]
        return users, _page_token(users[-1].id, text) if len(after) > size else "", len(found)

    def _take_id(self) -> int:
        taken = self._next_id
        self._next_id += 2  # odd numbers above 2^53: none of them fits a double
        return taken


def _seeded(types: MessageTypes, number: int, line: str) -> Any:
    name, city, country, tags = line.split("|")
    user = types.User(
        display_name=name,
        email=f"{_ascii(name)}@example.org",
        role=_ROLES.get(number, 1),
        tags=tags.split(","),
        address=types.Address(city=city, country_code=country),
    )
    if number % 3 == 0:
        user.newsletter = number % 2 == 0
    if number % 4 == 0:
        user.attributes["invited_by"] = str(number // 2)
    user.create_time.FromDatetime(_FIRST_DAY + timedelta(hours=61 * number, minutes=7 * number))
    user.update_time.CopyFrom(user.create_time)
    return user


def _ascii(name: str) -> str:
    """`Émilie du Châtelet` -> `emilie.du.chatelet`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return ".".join(plain.replace("'", "").split())


def _matches(user: Any, text: str) -> bool:
    haystack = " ".join((user.display_name, user.email, user.address.city, *user.tags)).casefold()
    for word in text.casefold().split():
        if word.startswith("role:"):
            values = type(user).DESCRIPTOR.fields_by_name["role"].enum_type.values_by_number
            if values[user.role].name.casefold() != f"role_{word[5:].removeprefix('role_')}":
                return False
        elif word not in haystack:
            return False
    return True


def _page_token(last_id: int, text: str) -> str:
    return base64.urlsafe_b64encode(f"{last_id}:{zlib.crc32(text.encode())}".encode()).decode().rstrip("=")


def _read_token(token: str, text: str) -> int:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        last_id, checksum = (int(part) for part in raw.decode("ascii").split(":"))
    except (binascii.Error, ValueError) as error:
        raise PageTokenError("is no token of this server") from error
    if checksum != zlib.crc32(text.encode()):
        raise PageTokenError("belongs to another filter")
    return last_id
