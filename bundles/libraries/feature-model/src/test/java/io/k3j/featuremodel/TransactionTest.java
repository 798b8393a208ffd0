package io.k3j.featuremodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.SwapPolicy;
import io.k3j.featuremodel.Transaction.StepFailed;
import io.k3j.testkitsigning.TestJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A swap that fails, or whose process ends, at each of its steps. What runs is a set of handles here; the files are
/// real ones.
class TransactionTest {
    private static final String NAME = "io.k3j.scheduler";
    private final Handle shipped = Handle.shipped(NAME);
    @TempDir
    private Path dir;
    private JarFacts jar;
    private Handle fresh;

    @BeforeEach
    void makeJar() throws IOException {
        jar = JarFacts.read(TestJars.bundle(dir.resolve("new.jar"), NAME, "new"));
        fresh = ChosenBundles.handle(jar);
    }

    /// A process that ends before or after the n-th change of the disk.
    private static final class Ended extends Error {
        private static final long serialVersionUID = 1L;
    }

    /// Counts changes of the disk, and ends the process at one.
    ///
    /// @param after whether that one is still made
    private static final class Disk implements StateFiles {
        private final int end;
        private final boolean after;
        private int changes;

        Disk(int end, boolean after) {
            this.end = end;
            this.after = after;
        }

        private void change(Runnable made) {
            changes++;
            if (changes > end || changes == end && !after) {
                throw new Ended();
            }
            made.run();
            if (changes == end) {
                throw new Ended();
            }
        }

        @Override
        public void write(Path file, Map<String, ?> object) {
            change(() -> DURABLE.write(file, object));
        }

        @Override
        public void copy(Path from, Path to) {
            change(() -> DURABLE.copy(from, to));
        }

        @Override
        public void delete(Path file) {
            change(() -> DURABLE.delete(file));
        }
    }

    /// What runs, as a framework without bundles.
    private final class World implements Transaction.Hands {
        private final ChosenBundles chosen;
        private final Set<String> running = new TreeSet<>(Set.of(shipped.location()));
        private final Set<String> installed = new TreeSet<>(Set.of(shipped.location()));
        private final List<String> made = new ArrayList<>();
        private int failAt = -1;
        private int steps;

        World(ChosenBundles chosen) {
            this.chosen = chosen;
        }

        @Override
        public void make(Step step) throws StepFailed {
            made.add(step.text());
            if (++steps == failAt) {
                throw new StepFailed("step " + failAt);
            }
            switch (step) {
                case Step.Keep keep -> chosen.keep(keep.bundle(), keep.from());
                case Step.Install install -> installed.add(install.bundle().location());
                case Step.Start start -> running.add(start.bundle().location());
                case Step.Stop stop -> running.remove(stop.bundle().location());
                case Step.Choose choose -> chosen.choose(choose.bundle());
                case Step.Remove remove -> {
                    if (!remove.bundle().isShipped()) {
                        installed.remove(remove.bundle().location());
                    }
                }
                default -> {
                    // changes nothing here
                }
            }
        }
    }

    private ChangePlan swap(SwapPolicy policy) {
        return ChangePlan.ofBundle("swap", policy, shipped, fresh).keeping(jar.bytes(), jar.file());
    }

    @ParameterizedTest
    @EnumSource(value = SwapPolicy.class, names = {"PARALLEL", "REPLACE"})
    void aStepThatFailsLeavesEverythingAsItWas(SwapPolicy policy) throws Exception {
        int recorded = swap(policy).committed();
        for (int failing = 1; failing <= recorded; failing++) {
            ChosenBundles chosen = new ChosenBundles(dir, StateFiles.DURABLE);
            World world = new World(chosen);
            world.failAt = failing;
            Transaction transaction = new Transaction(new Journal(dir, StateFiles.DURABLE), world);
            String step = swap(policy).steps().get(failing - 1).text();
            assertThatThrownBy(() -> transaction.run(swap(policy), line -> {
            })).as(step).isInstanceOf(StepFailed.class).hasMessageContaining("step");
            assertThat(world.running).as(step).containsExactly(shipped.location());
            assertThat(world.installed).as(step).containsExactly(shipped.location());
            assertThat(chosen.current(NAME)).as(step).isEqualTo(ChosenBundles.SHIPPED);
            assertThat(dir.resolve("bundles/journal.json")).as(step).doesNotExist();
        }
    }

    @Test
    void aStepThatFailsAfterTheChoiceIsReportedAndUndoesNothing() throws Exception {
        World world = new World(new ChosenBundles(dir, StateFiles.DURABLE));
        world.failAt = swap(SwapPolicy.PARALLEL).committed() + 1;
        assertThat(new Transaction(new Journal(dir, StateFiles.DURABLE), world).run(swap(SwapPolicy.PARALLEL), line -> {
        })).singleElement().asString().startsWith("stop io.k3j.scheduler (shipped) failed");
        assertThat(world.running).contains(fresh.location());
        assertThat(world.chosen.current(NAME)).isEqualTo(fresh.choice());
    }

    @ParameterizedTest
    @EnumSource(value = SwapPolicy.class, names = {"PARALLEL", "REPLACE"})
    void aProcessThatEndsAtAnyChangeOfTheDiskIsMadeGoodByTheNextStart(SwapPolicy policy) throws Exception {
        for (boolean after : new boolean[] {false, true}) {
            boolean ended = true;
            for (int end = 1; ended; end++) {
                Path data = Files.createDirectory(dir.resolve(policy + "-" + after + "-" + end));
                ended = endsAt(data, new Disk(end, after), policy);
                judge(data, policy + " ended " + (after ? "after" : "before") + " change " + end);
            }
        }
    }

    private boolean endsAt(Path data, Disk disk, SwapPolicy policy) throws Exception {
        ChosenBundles chosen = new ChosenBundles(data, disk);
        try {
            new Transaction(new Journal(data, disk), new World(chosen)).run(swap(policy), line -> {
            });
            chosen.tidy();
            return false;
        } catch (Ended e) {
            return true;
        }
    }

    /// The next start: either as if nothing had been asked for, or as if it had been done.
    private void judge(Path data, String when) {
        ChosenBundles chosen = new ChosenBundles(data, StateFiles.DURABLE);
        Journal journal = new Journal(data, StateFiles.DURABLE);
        new Recovery(journal, chosen, Decisions.NONE).run();
        String choice = new ChosenBundles(data, StateFiles.DURABLE).current(NAME);
        assertThat(choice).as(when).isIn(ChosenBundles.SHIPPED, fresh.choice());
        if (!choice.equals(ChosenBundles.SHIPPED)) {
            assertThat(chosen.damage(choice)).as(when).isEmpty();
        } else {
            assertThat(chosen.path(fresh.choice())).as(when).doesNotExist();
        }
        assertThat(journal.read()).as(when).isEmpty();
    }

    @Test
    void aRecoveryThatIsEndedItselfIsMadeGoodByTheOneAfterIt() throws Exception {
        for (int end = 1; end <= 3; end++) {
            Path data = Files.createDirectory(dir.resolve("twice-" + end));
            assertThat(endsAt(data, new Disk(4, true), SwapPolicy.REPLACE)).isTrue();
            Disk disk = new Disk(end, false);
            try {
                new Recovery(new Journal(data, disk), new ChosenBundles(data, disk), Decisions.NONE).run();
            } catch (Ended e) {
                // the next one goes on
            }
            judge(data, "recovery ended before change " + end);
        }
    }

    @Test
    void aDamagedJournalIsThrownAway() throws IOException {
        Files.createDirectories(dir.resolve("bundles"));
        Files.writeString(dir.resolve("bundles/journal.json"), "{\"change\": ");
        judge(dir, "damaged");
    }
}
