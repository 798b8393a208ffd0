package io.k3j.swapitest;

import io.k3j.testkitprocess.Api;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// One watch of a namespace that goes on from where it stood whenever the server ends it.
final class Watcher implements Runnable {
    private static final long PAUSE_MILLIS = 50;

    private final Api api;
    private final int namespace;
    private final CountDownLatch over;
    private final Ledger told = new Ledger();
    private final AtomicInteger repeated = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger broken = new AtomicInteger();
    private volatile String lastBreak = "";
    private volatile long revision;

    Watcher(Api api, int namespace, long revision, CountDownLatch over) {
        this.api = api;
        this.namespace = namespace;
        this.revision = revision;
        this.over = over;
    }

    /// What it was told.
    Ledger told() {
        return told;
    }

    /// How many events were not newer than the one before.
    int repeated() {
        return repeated.get();
    }

    /// How often the server ended it in order.
    int ended() {
        return ended.get();
    }

    /// How often it broke off, was refused, or ended with an error.
    int broken() {
        return broken.get();
    }

    /// How it broke last.
    String lastBreak() {
        return lastBreak;
    }

    @Override
    public void run() {
        try {
            while (over.getCount() > 0) {
                watch();
                over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(api.at(Load.path(namespace)
                + "?watch=true&allowWatchBookmarks=true&resourceVersion=" + revision)).build();
        try {
            HttpResponse<InputStream> response = api.client().send(request, BodyHandlers.ofInputStream());
            try (BufferedReader lines = new BufferedReader(
                    new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                if (response.statusCode() != 200) {
                    broke(response.statusCode() + " " + lines.readLine());
                    return;
                }
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    take(Event.of(line), line);
                }
                ended.incrementAndGet();
            }
        } catch (IOException e) {
            broke(e + (e.getCause() == null ? "" : " by " + e.getCause()));
        }
    }

    private void broke(String how) {
        if (over.getCount() > 0) {
            lastBreak = how;
            broken.incrementAndGet();
        }
    }

    private void take(Event event, String line) {
        switch (event.type()) {
            case "ERROR" -> broke(line);
            case "BOOKMARK" -> revision = Math.max(revision, event.revision());
            default -> {
                if (event.revision() <= revision) {
                    repeated.incrementAndGet();
                }
                revision = Math.max(revision, event.revision());
                if (event.type().equals("DELETED")) {
                    told.deleted().add(event.name());
                } else {
                    told.revisions().add(event.revision());
                }
            }
        }
    }
}
