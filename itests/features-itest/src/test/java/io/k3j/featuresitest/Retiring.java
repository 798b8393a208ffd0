package io.k3j.featuresitest;

import io.k3j.componentapi.Retire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/// What a bundle with something to clean up does; it writes down what happened to it.
public final class Retiring implements BundleActivator {
    private static final String DIARY = "k3j.test.diary";

    /// Made by the framework.
    public Retiring() {
        // nothing to prepare
    }

    @Override
    public void start(BundleContext context) {
        note("start");
        context.registerService(Retire.class, () -> note("retire"), null);
    }

    @Override
    public void stop(BundleContext context) {
        note("stop");
    }

    private static void note(String what) {
        try {
            Files.writeString(Path.of(System.getProperty(DIARY)), what + "\n", StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
