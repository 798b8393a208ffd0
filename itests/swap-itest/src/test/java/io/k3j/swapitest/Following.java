package io.k3j.swapitest;

import io.k3j.model.Struct;
import io.k3j.swapitest.Cluster.Refused;
import io.k3j.testkitbase.Living;
import io.k3j.testkitbase.Teardown;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Follows the objects of a list from a revision on: one short watch after the other, each from where the one before
/// has ended, since a server that was replaced or has compacted knows no long history. One thread does it.
final class Following implements AutoCloseable {
    private static final long PAUSE_MILLIS = 50;
    private final Cluster cluster;
    private final Living server;
    private final String path;
    private final List<Struct> events = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread;
    private volatile long revision;
    private volatile String fault = "";

    /// Begins.
    /// @param begin the list from whose revision on it follows
    Following(Cluster cluster, Living server, String path, Struct begin) {
        this.cluster = cluster;
        this.server = server;
        this.path = path;
        this.revision = revision(begin);
        thread = Thread.ofVirtual().name("following").start(this::follow);
    }

    private static long revision(Struct object) {
        return Long.parseLong(object.struct("metadata").text("resourceVersion", "0"));
    }

    private void follow() {
        try {
            while (fault.isEmpty() && !over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                watch();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What breaks off or is refused for now costs nothing but another watch; an answer that says that events are lost
    /// does.
    private void watch() throws InterruptedException {
        try {
            for (Struct event : cluster.events(path, revision)) {
                if (event.text("type").equals("ERROR")) {
                    fault = event.toString();
                    return;
                }
                events.add(event);
                revision = revision(event.struct("object"));
            }
        } catch (RuntimeException e) {
            fault = e.toString();
        } catch (IOException e) {
            if (e instanceof Refused refused && refused.code() == HttpURLConnection.HTTP_GONE) {
                fault = e.toString();
            } else {
                System.out.println("watches " + path + " again after " + e);
            }
        }
    }

    /// All events up to the newest change of what is there now.
    List<Struct> events() throws IOException, InterruptedException {
        long newest = cluster.list(path).stream().mapToLong(Following::revision).max().orElse(0);
        Waiting.until("events of " + path + " up to revision " + newest, server,
                () -> revision >= newest || !fault.isEmpty());
        if (!fault.isEmpty()) {
            throw new AssertionError(fault);
        }
        return List.copyOf(events);
    }

    @Override
    public void close() {
        over.countDown();
        Teardown.of("following of " + path, thread::join);
    }
}
