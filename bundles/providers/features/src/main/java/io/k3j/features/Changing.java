package io.k3j.features;

import io.k3j.componentapi.SwapPolicy;
import io.k3j.componentapi.SwapRefused;
import io.k3j.featuremodel.ChangePlan;
import io.k3j.featuremodel.ChosenBundles;
import io.k3j.featuremodel.FeatureChanges;
import io.k3j.featuremodel.FeatureProblem;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.Step;
import io.k3j.featuremodel.Transaction;
import io.k3j.featuremodel.Transaction.StepFailed;
import io.k3j.plugins.ExclusiveChanges;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Makes changes, one at a time, whoever asks for them: an operator, the plugin directory, or a trial that has failed.
/// Thread-safe; blocks while another change is made.
final class Changing implements ExclusiveChanges {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private final ChosenBundles chosen;
    private final Bundles bundles;
    private final BundleHands hands;
    private final Transaction transaction;
    private final Trials trials;
    private final FeatureChanges features;
    private final Swaps swaps;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean ready = new AtomicBoolean();
    private volatile boolean closed;

    /// What makes changes.
    record Tools(ChosenBundles chosen, Bundles bundles, BundleHands hands, Transaction transaction, Trials trials,
            FeatureChanges features, Swaps swaps) {
    }

    Changing(Tools tools) {
        this.chosen = tools.chosen;
        this.bundles = tools.bundles;
        this.hands = tools.hands;
        this.transaction = tools.transaction;
        this.trials = tools.trials;
        this.features = tools.features;
        this.swaps = tools.swaps;
    }

    /// The features that were wanted at the start have been started: from now on there may be others.
    void open() {
        ready.set(true);
    }

    /// From now on nothing is changed any more, however late somebody asks.
    void close() {
        closed = true;
    }

    @Override
    public FeatureChanges features() {
        if (!ready.get()) {
            throw new SwapRefused("this server is still starting what it was told to run; try again in a moment");
        }
        return features;
    }

    @Override
    public <R> R exclusively(Action<R> action) {
        try {
            lock.lockInterruptibly();
            try {
                if (closed || bundles.closing()) {
                    throw new SwapRefused("this server is being stopped; nothing was changed");
                }
                return action.run();
            } finally {
                lock.unlock();
            }
        } catch (FeatureProblem e) {
            throw new SwapRefused(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SwapRefused("interrupted: this process ends; the next start finishes or undoes the change", e);
        }
    }

    @Override
    public List<String> run(ChangePlan change, Consumer<String> progress) throws StepFailed, InterruptedException {
        hands.forget();
        try {
            List<String> left = transaction.run(change, quiet(progress));
            change.steps().forEach(this::endTrial);
            return left;
        } finally {
            tidy();
        }
    }

    /// What a change takes out, a component that is disabled, is on trial no more: it would be for ever, and ends of
    /// the process would count against it.
    private void endTrial(Step step) {
        if (step instanceof Step.Remove remove) {
            trials.end(remove.bundle().symbolicName());
        }
    }

    /// A jar that nobody has chosen is no reason for a change to fail.
    private void tidy() {
        try {
            chosen.tidy();
        } catch (FeatureProblem e) {
            LOG.log(System.Logger.Level.WARNING, "Jars stay until the next change error={0}", e.getMessage());
        }
    }

    /// Who asked may have gone; the change goes on.
    static Consumer<String> quiet(Consumer<String> progress) {
        AtomicBoolean gone = new AtomicBoolean();
        return line -> {
            try {
                if (!gone.get()) {
                    progress.accept(line);
                }
            } catch (RuntimeException e) {
                gone.set(true);
                LOG.log(System.Logger.Level.DEBUG, "Who asked for the change has gone", e);
            }
        };
    }

    /// The change that takes a swap back, under the lock.
    /// @param name for messages
    ChangePlan back(String name, String symbolicName) {
        String previous = chosen.previous(symbolicName);
        if (previous.isEmpty()) {
            throw new SwapRefused(name + " was not swapped, there is nothing to go back to");
        }
        if (Swaps.handle(bundles.running(symbolicName)).choice().equals(previous)) {
            throw new SwapRefused(name + " runs " + previous + " already, since the chosen jar did not start; "
                    + "to choose another one: k3s bundle swap JAR");
        }
        return swaps.change("back", ChosenBundles.handle(symbolicName, previous));
    }

    /// Makes a swap, under the lock, and has the new bundle watched after it.
    /// @throws SwapRefused when the old one runs on, or again
    void swap(ChangePlan change, SwapPolicy policy, Consumer<String> progress) throws InterruptedException {
        String name = change.to().symbolicName();
        trials.end(name);
        try {
            run(change, progress).forEach(quiet(progress));
            trials.begin(change.to(), hands.before(change.from()));
        } catch (StepFailed e) {
            boolean again = policy == SwapPolicy.REPLACE && hands.stopped(change.from());
            throw new SwapRefused(e.reason() + "; " + (!bundles.runs(name)
                    ? "nothing runs under this name now; to try the one before: k3s bundle start " + name
                    : again ? "the old one runs again" : "the old one runs on"), e);
        }
    }

    /// Takes back a bundle that has failed on trial.
    void takeBack(Handle failed, String reason) {
        String name = failed.symbolicName();
        if (bundles.closing()) {
            return;
        }
        try {
            exclusively(() -> {
                trials.end(name);
                if (chosen.current(name).equals(failed.choice()) && bundles.runs(name)) {
                    LOG.log(System.Logger.Level.ERROR,
                            "Bundle failed its trial and is taken back bundle={0} reason={1}",
                            failed, reason);
                    swap(back(name, name), swaps.policy(name), step -> {
                    });
                }
                return true;
            });
        } catch (SwapRefused e) {
            LOG.log(System.Logger.Level.ERROR, "Bundle is not taken back bundle=" + failed + " error="
                    + e.getMessage());
        }
    }
}
