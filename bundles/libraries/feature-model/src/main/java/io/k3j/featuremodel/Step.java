package io.k3j.featuremodel;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One step of a change: a value, which is planned, printed, journaled, carried out, and undone by its inverse.
public sealed interface Step {
    /// The step as an operator reads it.
    String text();

    /// What undoes it, also when it was done by half; empty when there is nothing to undo.
    default Optional<Step> inverse() {
        return Optional.empty();
    }

    /// Copies a jar to where chosen ones lie.
    /// @param from what is copied
    /// @param file how the operator knows it
    record Keep(Handle bundle, Path from, Path file) implements Step {
        @Override
        public String text() {
            return "keep a copy of " + file;
        }
    }

    /// Puts a bundle into the framework.
    record Install(Handle bundle) implements Step {
        @Override
        public String text() {
            return "install " + bundle;
        }

        @Override
        public Optional<Step> inverse() {
            return Optional.of(new Remove(bundle));
        }
    }

    /// Finds what it imports, before anything is stopped.
    record Resolve(Handle bundle) implements Step {
        @Override
        public String text() {
            return "resolve " + bundle;
        }
    }

    /// Starts it.
    record Start(Handle bundle) implements Step {
        @Override
        public String text() {
            return "start " + bundle;
        }

        @Override
        public Optional<Step> inverse() {
            return Optional.of(new Stop(bundle));
        }
    }

    /// Waits until it is as healthy as another one was.
    /// @param than null: healthy at all
    record Healthy(Handle bundle, @Nullable Handle than) implements Step {
        @Override
        public String text() {
            return "wait until " + bundle + " is healthy, 30 s at most";
        }
    }

    /// Makes it the one that is started from now on. From here a change is finished, not undone.
    record Choose(Handle bundle, Handle instead) implements Step {
        @Override
        public String text() {
            return "choose " + bundle + " from now on";
        }

        @Override
        public Optional<Step> inverse() {
            return Optional.of(new Choose(instead, bundle));
        }
    }

    /// Stops it; what it has made on the machine stays.
    record Stop(Handle bundle) implements Step {
        @Override
        public String text() {
            return "stop " + bundle;
        }

        @Override
        public Optional<Step> inverse() {
            return Optional.of(new Start(bundle));
        }
    }

    /// Takes it out of the framework, unless it is shipped.
    record Remove(Handle bundle) implements Step {
        @Override
        public String text() {
            return "remove " + bundle;
        }
    }

    /// Gives the feature's bundles their settings.
    record Configure(Feature feature) implements Step {
        @Override
        public String text() {
            return "configure " + feature.name();
        }

        @Override
        public Optional<Step> inverse() {
            return Optional.of(new Deconfigure(feature));
        }
    }

    /// Takes their settings from the feature's bundles.
    record Deconfigure(Feature feature) implements Step {
        @Override
        public String text() {
            return "take the configuration of " + feature.name() + " away";
        }
    }

    /// Remembers what an operator has decided. From here a change is finished, not undone.
    record Decide(Decisions now, Decisions before) implements Step {
        @Override
        public String text() {
            return "remember that " + now.since(before);
        }

        @Override
        public Optional<Step> inverse() {
            return Optional.of(new Decide(before, now));
        }
    }

    /// Lets the feature's bundles clean up what they have made on the machine and in the cluster.
    record Retire(Feature feature) implements Step {
        @Override
        public String text() {
            return "clean up after " + feature.name();
        }
    }

    /// Deploys the packaged objects of what is wanted, and withdraws those of what is not.
    record Deploy(String feature) implements Step {
        @Override
        public String text() {
            return "deploy or withdraw the packaged objects of " + feature;
        }
    }

    /// Adds a feature of the plugin directory. From here it is not undone.
    record Plug(Feature feature) implements Step {
        @Override
        public String text() {
            return "plug " + feature.name() + " in";
        }

        @Override
        public Optional<Step> inverse() {
            return Optional.of(new Unplug(feature));
        }
    }

    /// Takes a feature of the plugin directory away. From here it is not undone.
    record Unplug(Feature feature) implements Step {
        @Override
        public String text() {
            return "unplug " + feature.name();
        }

        @Override
        public Optional<Step> inverse() {
            return Optional.of(new Plug(feature));
        }
    }
}
