package io.k3j.testkitbase;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Looks for [Leftovers] when all tests of a JVM are over. JUnit finds it by its name in `META-INF/services`; what is
/// wrong is a failure of the engine, which the report of the module tells. It comes before the extensions that classes
/// name, so what those keep for all classes is closed before it looks.
public final class LeftoversExtension implements BeforeAllCallback {
    private static final ExtensionContext.Namespace SPACE = ExtensionContext.Namespace.create(LeftoversExtension.class);

    /// Made by JUnit.
    public LeftoversExtension() {
        // has no state
    }

    private static final class Last implements AutoCloseable {
        @Override
        public void close() {
            try {
                Leftovers.ofThisJvm().look();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot().getStore(SPACE).getOrComputeIfAbsent("last", key -> new Last(), Last.class);
    }
}
