package io.k3j.e2e;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.Shell;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Commands with what they must print, run on a machine with one kubectl.
final class Transcript {
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(400);
    private static final Duration EVENTUALLY_LIMIT = Duration.ofSeconds(300);

    private final String name;
    private final List<Step> steps;
    private final StringBuilder done = new StringBuilder();
    private final List<String> failures = new ArrayList<>();
    private final Map<String, String> kept = new LinkedHashMap<>();

    Transcript(String name, List<Step> steps) {
        this.name = name;
        this.steps = steps;
    }

    /// Runs all steps.
    /// @throws AssertionError with all that were not as expected, and the whole transcript
    void run(Machine machine, Path directory, Map<String, String> environment)
            throws IOException, InterruptedException {
        kept.putAll(environment);
        List<String> bash = List.of("bash", "--norc");
        try (Shell inside = new Shell(machine.inside(bash), environment);
                Shell outside = new Shell(bash, environment)) {
            inside.run("cd " + directory, COMMAND_LIMIT);
            for (Step step : steps) {
                run(step, step.outside() ? outside : inside);
            }
            inside.run("kill $(jobs -p); wait", COMMAND_LIMIT);
        }
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.size() + " of " + steps.size() + " steps failed\n"
                    + String.join("\n", failures) + "\n=== transcript\n" + done);
        }
    }

    private void run(Step step, Shell shell) throws IOException, InterruptedException {
        StringBuilder command = new StringBuilder();
        kept.forEach((key, value) -> command.append(key).append("='").append(value).append("'; "));
        command.append(step.command());
        long end = System.nanoTime() + EVENTUALLY_LIMIT.toNanos();
        while (true) {
            Outcome outcome = shell.run(command.toString(), COMMAND_LIMIT);
            boolean met = outcome.code() == step.code() && step.expected().met(outcome.text(), kept);
            if (met || !step.eventually() || System.nanoTime() > end) {
                done.append("$ ").append(step.command()).append('\n').append(outcome.text());
                if (!met) {
                    failures.add(failure(step, outcome));
                }
                return;
            }
            Waiting.pause();
        }
    }

    private String failure(Step step, Outcome outcome) {
        return "=== " + name + ".txt:" + step.line() + ": $ " + step.command() + "\n--- expected, with exit code "
                + step.code() + ":\n" + step.expected() + "\n--- but was, with exit code " + outcome.code() + ":\n"
                + outcome.text() + "--- first not met: " + step.expected().unmet(outcome.text(), kept);
    }
}
