package io.k3j.clusterdns;

import io.k3j.corefile.ConfigFiles;
import io.k3j.corefile.CorefileProblem;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps a configuration that works: a Corefile that does not is told once, and what was used before it stays. Written
/// by one thread; [#failures] and [#again] for any.
final class CorefileLoader {
    private static final System.Logger LOG = System.getLogger("io.k3j.clusterdns");
    private final CorefileSource source;
    private final PluginContext around;
    private @Nullable ConfigFiles read;
    private Configuration configuration = Configuration.none();
    private @Nullable CorefileProblem problem;
    private boolean told = true;
    private volatile long failures;
    private volatile boolean again;

    CorefileLoader(CorefileSource source, PluginContext around) {
        this.source = source;
        this.around = around;
    }

    /// Reads the Corefile when something has changed.
    /// @return whether there is another configuration
    boolean load() {
        ConfigFiles files = source.files();
        if (files.equals(read) && !again) {
            return false;
        }
        again = false;
        boolean first = read == null;
        read = files;
        try {
            configuration = Configuration.of(files, around);
            problem = null;
            LOG.log(System.Logger.Level.INFO, "Using Corefile ports={0} plugins={1}", configuration.ports().keySet(),
                    configuration.plugins());
            return true;
        } catch (CorefileProblem e) {
            problem = e;
            told = false;
            failures++;
            LOG.log(System.Logger.Level.WARNING, "Corefile not used error={0}", e.getMessage());
            if (first) {
                configuration = Configuration.of(source.fallback(), around);
            }
            return first;
        }
    }

    /// The Corefile is read at the next [#load] although it has not changed.
    void again() {
        again = true;
    }

    /// What is used.
    Configuration configuration() {
        return configuration;
    }

    /// What is wrong with the newest Corefile, given out once.
    Optional<CorefileProblem> takeProblem() {
        CorefileProblem now = problem;
        if (told || now == null) {
            return Optional.empty();
        }
        told = true;
        return Optional.of(now);
    }

    /// What is wrong now, in a sentence; empty when nothing is.
    String trouble() {
        CorefileProblem now = problem;
        return now == null ? "" : "the Corefile is not used: " + now.getMessage();
    }

    /// How many Corefiles could not be used.
    long failures() {
        return failures;
    }
}
