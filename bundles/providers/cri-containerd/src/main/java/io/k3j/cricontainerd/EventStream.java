package io.k3j.cricontainerd;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeEvent;
import io.k3j.nodeapi.RuntimeEvent.What;
import io.k3j.nodeapi.RuntimeFault;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Delivers containerd's events as those of the contract on one thread, while another one reads them, so that a slow
/// listener never blocks the connection: events it misses become one [RuntimeEvent#RESYNC].
final class EventStream implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.cricontainerd");
    private static final int MAX_WAITING = 4096;
    private static final Duration PAUSE = Duration.ofMillis(200);
    /// How long a close waits for its threads, altogether.
    private static final Duration STOP = Duration.ofSeconds(2);
    private static final String NAMESPACE = "k8s.io";

    private final Cri cri;
    private final Consumer<RuntimeEvent> listener;
    private final InstantSource clock;
    private final BlockingQueue<RuntimeEvent> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final SupervisedLoop reader;
    private final SupervisedLoop teller;

    EventStream(Cri cri, Consumer<RuntimeEvent> listener, InstantSource clock, Health health) {
        this.cri = cri;
        this.listener = listener;
        this.clock = clock;
        reader = SupervisedLoop.virtual(health, "cri-containerd-events", this::read).start();
        teller = SupervisedLoop.virtual(health, "cri-containerd-listener", this::tell).start();
    }

    private void read() throws InterruptedException {
        do {
            long since = clock.millis();
            try {
                push(RuntimeEvent.RESYNC);
                cri.events(this::take);
            } catch (RuntimeFault e) {
                LOG.log(System.Logger.Level.DEBUG, "Event stream ended after ms={0}: {1}", clock.millis() - since,
                        e.getMessage());
            }
        } while (!closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
    }

    private void take(Struct envelope) {
        if (!envelope.text("namespace").equals(NAMESPACE)) {
            return;
        }
        switch (envelope.text("topic")) {
            case "/tasks/create" -> push(task(envelope, What.CREATED));
            case "/tasks/start" -> push(task(envelope, What.STARTED));
            case "/tasks/delete", "/tasks/oom" -> push(task(envelope, What.EXITED));
            case "/containers/delete" -> push(new RuntimeEvent(cri.event("ContainerEvent", envelope).text("id"),
                    What.REMOVED));
            case "/tasks/exit" -> {
                Struct exit = cri.event("TaskExit", envelope);
                // exec processes exit too; they have their own id
                if (exit.text("id").equals(exit.text("containerId"))) {
                    push(new RuntimeEvent(exit.text("containerId"), What.EXITED));
                }
            }
            case "/images/create", "/images/update", "/images/delete" -> push(new RuntimeEvent("", What.IMAGE));
            default -> {
                // not relevant for the kubelet
            }
        }
    }

    private RuntimeEvent task(Struct envelope, What what) {
        return new RuntimeEvent(cri.event("TaskEvent", envelope).text("containerId"), what);
    }

    private void push(RuntimeEvent event) {
        if (!waiting.offer(event)) {
            waiting.clear();
            waiting.offer(RuntimeEvent.RESYNC);
        }
    }

    /// Called again after a failure, in which an event may have been lost.
    private void tell() throws InterruptedException {
        push(RuntimeEvent.RESYNC);
        while (closed.getCount() > 0) {
            listener.accept(waiting.take());
        }
    }

    /// The listener is told nothing more when this returns, unless it is what closes, or hangs for longer than
    /// [#STOP].
    @Override
    public void close() {
        closed.countDown();
        reader.interrupt();
        long end = System.nanoTime() + STOP.toNanos();
        teller.stop(STOP);
        reader.stop(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }
}
