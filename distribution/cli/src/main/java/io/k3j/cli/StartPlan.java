package io.k3j.cli;

import io.k3j.launcher.LaunchPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The plan of a start, which waits for the file of a token as K3s does: cloud-init and the like may write it later
/// than they start the service.
final class StartPlan {
    /// Four minutes, with the pause between two looks that [Main] makes.
    static final int LOOKS = 120;
    private final Host host;
    private final Pause pause;
    private final Consumer<String> told;

    /// @param told is given each line about what is waited for
    StartPlan(Host host, Pause pause, Consumer<String> told) {
        this.host = host;
        this.pause = pause;
        this.told = told;
    }

    /// What passes between two looks.
    interface Pause {
        /// @return whether to look again
        boolean passed();
    }

    /// Everything else is judged before the wait. Warnings are added to `warnings`.
    /// @throws UsageFailure with every problem there is, and when the file does not come
    LaunchPlan build(String command, List<String> arguments, List<String> warnings) {
        int look = 1;
        while (true) {
            List<String> found = new ArrayList<>();
            try {
                LaunchPlan plan = PlanBuilder.build(command, arguments, host, found);
                warnings.addAll(found);
                return plan;
            } catch (MissingFile missing) {
                look = await(missing.file(), look);
            }
        }
    }

    /// @return the number of the look that has found it
    private int await(Path file, int look) {
        told.accept("Waiting for " + file + " to be available");
        for (int next = look + 1; next <= LOOKS && pause.passed(); next++) {
            if (Files.exists(file)) {
                return next;
            }
        }
        throw new UsageFailure(file + " is still not there; create it, or give the token by another flag");
    }
}
