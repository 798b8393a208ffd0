package io.k3j.componentbase;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// Whose activation a registration waits for.
class ActivationWatchTest {
    private static final String HERE = ActivationWatchTest.class.getName();
    private static final Duration MOMENT = Duration.ofMillis(20);

    /// In the place of Declarative Services.
    private static final class Maker {
        static String make(Runnable component) {
            try {
                component.run();
                return "activated";
            } catch (IllegalStateException failed) {
                return "failed";
            }
        }
    }

    /// In the place of a component.
    private static final class Plugin implements Runnable {
        @Override
        public void run() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    @Test
    void aPluginThatDoesNotComeBackIsInterruptedAndItsInterruptIsNobodyElses() {
        ActivationWatch watch = new ActivationWatch(MOMENT, HERE + "$Maker", "com.nobody.");
        assertThat(watch.<String>call(() -> Maker.make(new Plugin()))).isEqualTo("failed");
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aComponentOfTheDistributionIsWaitedFor() throws InterruptedException {
        ActivationWatch watch = new ActivationWatch(Duration.ofMillis(1), HERE + "$Maker", HERE);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread registering = Thread.startVirtualThread(() -> watch.run(() -> Maker.make(() -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        })));
        // many looks pass meanwhile
        assertThat(registering.join(Duration.ofMillis(100))).isFalse();
        go.countDown();
        assertThat(registering.join(Duration.ofMinutes(5))).isTrue();
        assertThat(interrupted.getCount()).isOne();
    }

    private static StackTraceElement frame(String type) {
        return new StackTraceElement(type, "call", null, -1);
    }

    @Test
    void namesTheComponentThatIsBeingMade() {
        ActivationWatch watch = new ActivationWatch(MOMENT);
        StackTraceElement scr = frame("org.apache.felix.scr.impl.inject.ComponentMethods");
        StackTraceElement reflection = frame("jdk.internal.reflect.DirectConstructorHandleAccessor");
        StackTraceElement library = frame("org.lib.Client");
        StackTraceElement park = frame("java.util.concurrent.locks.LockSupport");
        StackTraceElement server = frame("io.k3j.apiserver.Registrations");
        assertThat(watch.foreign(
                new StackTraceElement[] {park, library, frame("com.acme.Labels"), reflection, scr, server}))
                .contains("com.acme.Labels");
        assertThat(watch.foreign(
                new StackTraceElement[] {park, library, frame("io.k3j.csi.Csi"), reflection, scr, server}))
                .as("ours, in a library").isEmpty();
        assertThat(watch.foreign(new StackTraceElement[] {park, frame("io.k3j.csi.Csi"), reflection, scr,
                frame("com.acme.Labels"), reflection, scr, server})).as("the nearest one").isEmpty();
        assertThat(watch.foreign(new StackTraceElement[] {park, scr, server})).as("no component yet").isEmpty();
        assertThat(watch.foreign(new StackTraceElement[] {park, frame("org.apache.felix.framework.ServiceRegistry"),
                scr, server})).as("the framework's own wait").isEmpty();
        assertThat(watch.foreign(new StackTraceElement[] {park, frame("com.acme.Labels"), server}))
                .as("nobody who makes components").isEmpty();
    }
}
