package io.k3j.bootitest;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Struct;
import java.util.concurrent.CountDownLatch;

/// An admission plug-in that does not come back when it is asked about one object.
final class Holding implements Admission {
    static Object make() {
        return new Holding();
    }

    @Override
    public String name() {
        return "Holding";
    }

    @Override
    public boolean handles(Write write) {
        return write.key().name().equals("held");
    }

    @Override
    public void validate(Write write, Struct object) {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }
}
