"""Rules: what a user forbids or demands, in the wordings and languages that users write in."""

from __future__ import annotations

import pytest

from supervisor.compaction.digest.rules import (
    BESIDE,
    LONGEST_ADDED,
    LONGEST_RULE,
    MOST_PLACES,
    rules,
    rules_left_out,
    rules_of,
    with_rules,
)
from supervisor.compaction.record import excerpt

from ..facts import as_it_is

PROHIBITIONS = """
Never touch the file budget-1972.xls.
Please don't push to main
Don’t run the migrations.
You mustn’t rename the tables.
The folder legacy/ is off-limits.
Hands away from prod.db
Hands off the schema!
The schema is not ours to change.
Leave config.yml the way it is.
Leave config.yml alone.
The lockfile stays as it is.
The lockfile stays put.
Treat vendor/ as read-only.
Nobody edits generated.py.
No one but Anna deploys this.
No changes to the public API.
Zero edits in migrations/, please.
Keep the fixtures unchanged.
Keep your fingers off the CI file.
Let the old importer be.
The keys under certs/ are locked until March.
The billing code belongs to another team.
Consider schema.sql immutable.
A rewrite of the parser is a no-go.
The legacy folder is none of your concern.
It is not permitted to call the real API.
Refrain from force pushes.
Stay out of infra/.
Under no circumstances drop a table.
Niemals die Datenbank löschen.
An der Datei config.yml nichts ändern.
Änderungen an config.yml sind verboten.
Finger weg von der Produktion!
Das Schema bleibt unverändert.
Ne touche pas aux tests.
N'utilise pas la base de production.
N’utilise pas la base de production.
Interdit de modifier config.yml.
Ne rien supprimer dans data/.
Nunca borres la base de datos.
No modifiques el archivo config.yml
Prohibido tocar la carpeta legacy.
No lo toques.
Não altere o arquivo config.yml.
É proibido apagar a tabela.
Não mexa no banco.
Non toccare la cartella legacy.
Vietato modificare il file.
Non modificare lo schema.
Raak config.yml nooit aan.
Het is verboden de tabel te wissen.
Wijzig dit bestand niet.
Nie ruszaj pliku config.yml.
Nie wolno usuwać tabeli.
Nigdy nie kasuj danych.
config.yml dosyasına dokunma.
Veritabanını asla silme.
Bu klasörü değiştirmeyin!
Rör inte config.yml.
Tabellen må ikke slettes.
Nikdy neměň schéma.
Нельзя трогать config.yml.
Не трогай базу данных.
Не меняйте схему.
Запрещено удалять таблицу.
Не чіпай базу даних.
不要修改配置文件
切勿删除表
不许删除表
严禁推送到主分支
别动配置文件
請勿修改設定
設定ファイルを変更するな
触るな。
本番には絶対に接続しないでください
テーブルを削除してはいけない
prod.db를 건드리지 마세요
테이블을 삭제하면 안 됩니다
배포 금지
ممنوع تعديل الملف
लेगसी फ़ोल्डर मत छुओ
""".strip().splitlines()
ORDINARY = """
Sort the ledger of Ostrava.
Now write the tests for the parser.
The build broke after the last merge.
I think the cache is stale.
It prints the wrong year in the header.
Add a button that exports the table.
Rename the class Foo to Bar.
What does this function return?
Thanks, that looks great.
Go on with the second step.
Here is the log of the failing job.
Run the tests again and show me the output.
The importer reads three files from disk.
Let us use sqlite for the prototype.
Why is the query so slow?
Split the module into two.
The user opens the page and sees a list.
Yes, please go ahead.
Fix the typo in the title.
Deploy the new version to staging.
Bitte schreib einen Test für den Parser.
Der Import dauert drei Minuten.
Escribe una prueba para el módulo.
Ahora corrige el error del formulario.
Ajoute un test pour le module.
Le serveur répond lentement.
Adicione um teste para o módulo.
Aggiungi un test per il modulo.
Voeg een test toe voor de parser.
Dodaj test dla parsera.
Parser için bir test yaz.
Добавь тест для парсера.
Исправь ошибку в заголовке.
请给解析器写一个测试
パーサーのテストを書いてください
파서 테스트를 작성해 주세요
""".strip().splitlines()


@pytest.mark.parametrize("sentence", PROHIBITIONS)
def test_a_prohibition_is_known_in_every_wording(sentence: str) -> None:
    (rule,) = rules(["Sort the ledger", sentence])
    assert (rule.text, rule.at, rule.forbids) == (sentence, 1, True)


@pytest.mark.parametrize("sentence", ORDINARY)
def test_an_ordinary_sentence_is_no_rule(sentence: str) -> None:
    assert rules([sentence]) == []


def test_sentences_without_blanks_between_them_are_told_apart() -> None:
    assert rules_of("请写测试。不要修改配置文件！然后继续；谢谢") == ["不要修改配置文件！"]
    assert rules_of("テストを書く。設定は触るな。次へ進む。") == ["設定は触るな。"]
    quoted = "「触るな。」と書いた紙を描く。"
    assert rules_of(f"次へ進む。{quoted}終わり。") == [quoted]


def test_of_a_sentence_that_is_too_long_its_prohibition_is_kept() -> None:
    before, behind = "and then we counted the sheep " * 30, " while the others sang a song" * 30
    (rule,) = rules_of(f"{before}but never touch budget-1972.xls at all{behind}")
    assert "never touch budget-1972.xls at all" in rule
    assert len(rule) <= LONGEST_RULE and len(rule) >= BESIDE
    assert rule in f"{before}but never touch budget-1972.xls at all{behind}"
    words = set(f"{before} but never touch budget-1972.xls at all {behind}".split())
    assert set(rule.split()) <= words  # none is cut
    chinese = "我们昨天数了很多羊，" * 60 + "切勿删除表，" + "他们唱了一首歌，" * 60
    (rule,) = rules_of(chinese)
    assert "切勿删除表" in rule and len(rule) <= LONGEST_RULE


def test_a_long_sentence_without_a_prohibition_gives_none() -> None:
    assert rules_of("and then we counted the sheep " * 60) == []
    assert rules_of("x" * 9_000 + " never " + "x" * 9_000) == []
    assert rules_of("not " * 9_000) == []


def test_what_is_no_prose_does_not_flood_the_rules() -> None:
    pieces = [f"never do it on day {n}, " + "word " * 90 for n in range(40)]
    assert len(rules_of("".join(pieces))) == MOST_PLACES


def test_prohibitions_that_stand_near_each_other_are_kept_together() -> None:
    words = "word " * 100
    (rule,) = rules_of(f"{words}never touch a.py, never touch b.py {words}")
    assert "never touch a.py, never touch b.py" in rule


def test_rules_in_what_was_cut_out_are_found() -> None:
    lines = [f"line {n} of a log that tells little" for n in range(4_000)]
    lines[2_000] = "- Never touch the legacy/ folder."
    lines[1] = "Never push."
    text = "\n".join(lines)
    kept = text[:10_000] + text[-10_000:]
    assert rules_left_out(text, kept) == "Never touch the legacy/ folder."
    assert rules_left_out(text, text) == ""


def test_rules_that_were_cut_out_take_so_much_room_and_no_more() -> None:
    text = "\n".join(f"Never touch file {n}." for n in range(2_000))
    found = rules_left_out(text, "")
    assert len(found) <= LONGEST_ADDED and found.startswith("Never touch file 0.\n")


def test_the_rules_that_an_excerpt_leaves_out_stand_behind_it() -> None:
    line = "a line of a log that tells little\n"
    text = f"Never push.\n{line * 300}Never touch the legacy/ folder.\n{line * 300}Go on"
    kept = with_rules(text, 2_000, as_it_is)
    assert kept.tail.endswith("Go on\n[…]\nNever touch the legacy/ folder.")
    assert "Never push." in kept.head and "Never push." not in kept.tail
    assert kept.missing and len(kept) < 2_100


def test_an_excerpt_that_leaves_no_rule_out_is_as_it_was() -> None:
    line = "a line of a log that tells little\n"
    for text in ("Never push.", f"Never push.\n{line * 300}Go on"):
        assert with_rules(text, 2_000, as_it_is) == excerpt(text, 2_000, as_it_is)


def test_a_secret_in_a_rule_that_was_cut_out_is_masked() -> None:
    line, secret = "a line of a log that tells little\n", "".join(("ab", "12", "cd"))

    def masks(text: str) -> str:
        return text.replace(f"{line}Never show {secret}", f"{line}Never show ***")

    found = with_rules(f"{line * 300}Never show {secret}.\n{line * 300}", 2_000, masks)
    assert "Never show ***." in found.tail and secret not in str(found)
