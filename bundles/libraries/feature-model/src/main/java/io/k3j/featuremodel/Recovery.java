package io.k3j.featuremodel;

import java.util.Optional;
import java.util.Set;

/// Finishes or undoes what an earlier process has begun, before anything is started: nothing runs yet, so that files
/// are all there is to put right. A change that was recorded has taken place, and the start makes the rest of it; of
/// any other nothing remains.
public final class Recovery {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private final Journal journal;
    private final ChosenBundles chosen;
    private final Decisions decisions;

    /// @param decisions as they were read
    public Recovery(Journal journal, ChosenBundles chosen, Decisions decisions) {
        this.journal = journal;
        this.chosen = chosen;
        this.decisions = decisions;
    }

    /// Puts the files right.
    public void run() {
        Optional<Journal.Entry> entry = read();
        if (entry.isPresent()) {
            Journal.Entry found = entry.get();
            LOG.log(System.Logger.Level.WARNING, "Change was interrupted by the end of the process and is {0}"
                    + " change={1} name={2} step={3}", outcome(found), found.change(), found.name(), found.step());
            journal.clear();
        }
        chosen.tidy();
    }

    /// What became of the change, for who reads the log. Decisions and choices are recorded by the step after which a
    /// change is finished, so the files themselves say it.
    private String outcome(Journal.Entry entry) {
        return switch (entry.change()) {
            case "enable", "disable" -> decisions.allEnabled().contains(entry.name())
                    || decisions.allDisabled().contains(entry.name()) ? "finished, as it was remembered"
                            : "finished, back to what the flags say";
            default -> chosen.current(entry.to().symbolicName()).equals(entry.to().choice()) ? "finished" : "undone";
        };
    }

    /// A journal that cannot be read tells nothing; what it was about is in the other files.
    private Optional<Journal.Entry> read() {
        try {
            return journal.read();
        } catch (FeatureProblem e) {
            LOG.log(System.Logger.Level.WARNING, "Journal is unusable and thrown away error={0}", e.getMessage());
            journal.clear();
            return Optional.empty();
        }
    }

    /// Takes back what has ended the process on trial again.
    public void takeBack(Set<String> names) {
        for (String name : names) {
            String choice = chosen.current(name);
            String previous = chosen.previous(name);
            chosen.choose(ChosenBundles.handle(name, previous.isEmpty() ? ChosenBundles.SHIPPED : previous));
            chosen.tidy();
            LOG.log(System.Logger.Level.ERROR, "Process ended twice during the trial of a bundle, which is taken back"
                    + " bundle={0} runs={1}", choice, chosen.current(name));
        }
    }
}
