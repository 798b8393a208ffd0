package io.k3j.featuresitest;

import java.util.concurrent.CountDownLatch;

/// A component that does not come back when it is made, unless it is interrupted.
public final class Waits {
    /// The system property that says what became of it.
    static final String TOLD = "k3j.test.activation";

    /// Made by Declarative Services.
    public Waits() {
        try {
            System.setProperty(TOLD, "waits");
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            System.setProperty(TOLD, "interrupted");
            throw new IllegalStateException("interrupted", e);
        }
    }
}
