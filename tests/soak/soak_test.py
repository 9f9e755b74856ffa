"""Tests of the soak itself: it must see what it is made to find, and refuse to let other faults pass."""

import json
import signal
import sys
import tempfile
import unittest
from pathlib import Path
from random import Random

import damage
import faults
from attempt import Attempt
from outcomes import UNTESTED, difference, refusal, unstarted


def result(digest="1", evaluations=("10", "20")):
    return {"summary": {"weights_digest": digest, "dev_error": 0.5},
            "evaluations": {step: {"step": step, "cost": 1.0} for step in evaluations}}


class Outcomes(unittest.TestCase):
    def test_the_same_result_is_whole(self):
        self.assertIsNone(difference(result(), result(), set()))

    def test_another_digest_is_a_difference(self):
        self.assertIn("weights_digest", difference(result(), result("2"), {"metrics.jsonl"}))

    def test_a_missing_evaluation_is_a_difference_unless_the_file_was_damaged(self):
        self.assertIn("['10']", difference(result(), result(evaluations=("20",)), set()))
        self.assertIsNone(difference(result(), result(evaluations=("20",)), {"metrics.jsonl"}))

    def test_advice_may_differ_where_evaluations_are_lost(self):
        def diagnosed(advice, verdict, **changes):
            run = result(**changes)
            run["summary"]["diagnosis"] = {"verdict": verdict, "notes": [advice], "recipe": [advice]}
            return run

        for damaged, evaluations, verdict, same in [({"metrics.jsonl"}, ("20",), "bias", True),
                                                    ({"metrics.jsonl"}, ("20",), "variance", False),
                                                    ({"metrics.jsonl"}, ("10", "20"), "bias", False)]:
            with self.subTest(evaluations=evaluations, verdict=verdict):
                found = difference(diagnosed("a", "bias"), diagnosed("b", verdict, evaluations=evaluations), damaged)
                self.assertEqual(found is None, same)

    def test_another_evaluation_is_a_difference(self):
        self.assertIn("step 30", difference(result(), result(evaluations=("10", "20", "30")), {"metrics.jsonl"}))

    def test_another_table_is_a_difference(self):
        self.assertIn("sweep.csv", difference({"sweep.csv": "a"}, {"sweep.csv": "b"}, set()))

    def test_a_recipe_may_lack_its_test_error_alone_when_a_checkpoint_was_damaged(self):
        def recipe(test_line, test, best=1):
            return {"recipe.txt": f"Best: run {best}\n{test_line}\n", "recipe.json": json.dumps({"best": best, "test": test})}

        whole = recipe("      test error 1.00% of 500 examples", {"error": 0.01})
        self.assertIsNone(difference(whole, recipe(UNTESTED, None), {"newest checkpoint"}))
        self.assertIn("recipe.txt", difference(whole, recipe(UNTESTED, None), {"metrics.jsonl"}))
        self.assertIn("recipe.txt", difference(whole, recipe(UNTESTED, None, best=2), {"newest checkpoint"}))
        self.assertIn("recipe.json", difference(whole, recipe(UNTESTED, {"error": 0.02}), {"newest checkpoint"}))

    def test_refusals_need_their_code_message_and_damage(self):
        text = "lockstep: no valid checkpoint in run/ckpt; restore a file"
        self.assertIsNotNone(refusal(65, text, {"newest checkpoint"}))
        self.assertIsNone(refusal(66, text, {"newest checkpoint"}))
        self.assertIsNone(refusal(65, "another message", {"newest checkpoint"}))
        self.assertIsNone(refusal(65, text, {"metrics.jsonl"}))

    def test_a_host_that_is_lost_before_the_start_has_its_messages(self):
        text = "hosts: n2 does not answer over ssh: ..."
        self.assertIsNotNone(unstarted(2, text))
        self.assertIsNone(unstarted(1, text))


class Faults(unittest.TestCase):
    def drawn(self, seed, **place):
        random = Random(seed)
        return [faults.draw(random, 2.0, **place) for _ in range(300)]

    def test_a_seed_decides(self):
        place = {"ranks": 3, "launcher": "local", "has_small_disk": True}
        self.assertEqual(self.drawn(1, **place), self.drawn(1, **place))
        self.assertNotEqual(self.drawn(1, **place), self.drawn(2, **place))

    def kinds(self, ranks, launcher, has_small_disk):
        return {fault.kind for fault in self.drawn(1, ranks=ranks, launcher=launcher,
                                                   has_small_disk=has_small_disk)}

    def test_each_kind_is_drawn_where_it_fits(self):
        alone = {"kill rank", "signal to rank", "signal to launcher", "two interrupts", "pause rank",
                 "pause all"}
        local = {"kill mpirun", "kill launch/local", "stop rank"}
        self.assertEqual(self.kinds(1, "none", False), alone)
        self.assertEqual(self.kinds(3, "local", True), alone | local | {"full disk"})
        self.assertEqual(self.kinds(3, "local", True) | self.kinds(3, "cluster", False), set(faults.KINDS))

    def test_a_fault_that_came_too_late_excuses_nothing(self):
        fault = faults.Fault("signal to rank", "any", 0, 0, signal.SIGTERM, 0)
        self.assertEqual(faults.expected_codes(fault, False, 9), {0})
        self.assertEqual(faults.expected_codes(fault, True, 9), {0, 75})
        self.assertEqual(faults.expected_codes(fault, True, 0.1), {0, 75, 143})


class InAFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)


class Damage(InAFolder):
    def test_each_kind_changes_its_file(self):
        for what in damage.FILES:
            for kind in ["last line cut"] if what == "metrics.jsonl" else damage.WAYS:
                with self.subTest(what=what, kind=kind):
                    files = ["ckpt/step-00000001.ckpt", "ckpt/step-00000002.ckpt", "ckpt/latest", "ckpt/best",
                             "metrics.jsonl"]
                    (self.folder / "ckpt").mkdir(exist_ok=True)
                    for name in files:
                        (self.folder / name).write_text("one\ntwo\n")
                    path = damage.apply(damage.Damage(kind, what, 0.5), self.folder)
                    changed = [name for name in files if not (self.folder / name).exists()
                               or (self.folder / name).read_text() != "one\ntwo\n"]
                    self.assertEqual([str(path.relative_to(self.folder))], changed)


class Processes(InAFolder):
    def start(self, code):
        return Attempt([sys.executable, "-c", code], self.folder, self.folder / "log", {})

    def test_a_process_that_outlives_its_parent_in_another_session_is_found(self):
        attempt = self.start("import subprocess; subprocess.Popen(['sleep', '60'], start_new_session=True)")
        self.assertEqual(attempt.wait(60), 0)
        self.assertIsNone(attempt.seconds_until_gone(0.1))
        self.assertIsNotNone(attempt.seconds_until_gone(0.1, besides=("sleep",)))
        attempt.end()
        self.assertIsNotNone(attempt.seconds_until_gone(0))

    def test_an_attempt_that_works_is_waited_for(self):
        steps = iter(range(1000))
        attempt = self.start("import time; time.sleep(9)")
        self.assertEqual(attempt.wait(3, lambda: next(steps)), 0)

    def test_a_hang_is_not_waited_for(self):
        attempt = self.start("import time; time.sleep(60)")
        self.assertIsNone(attempt.wait(0.1))
        attempt.end()
        self.assertEqual(attempt.wait(60), 128 + signal.SIGKILL)


if __name__ == "__main__":
    unittest.main()
