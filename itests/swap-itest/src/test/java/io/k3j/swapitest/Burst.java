package io.k3j.swapitest;

import io.k3j.model.Struct;
import io.k3j.testkitbase.Living;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Four writers that create ConfigMaps of a namespace one after the other, each as fast as it is answered, until one is
/// refused.
final class Burst implements AutoCloseable {
    private static final int WRITERS = 4;
    private static final int MEANWHILE = 100;
    private final Cluster cluster;
    private final String path;
    private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor();

    /// Begins.
    Burst(Cluster cluster, String namespace) {
        this.cluster = cluster;
        this.path = "/api/v1/namespaces/" + namespace + "/configmaps";
        for (int n = 0; n < WRITERS; n++) {
            String writer = "w" + n + "-";
            writers.submit(() -> write(writer));
        }
    }

    private void write(String writer) {
        try {
            for (int n = 0; over.getCount() > 0; n++) {
                String name = writer + n;
                Struct made = cluster.post(path,
                        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name + "\"}}");
                acknowledged.put(name, made.struct("metadata").text("resourceVersion"));
            }
        } catch (IOException | RuntimeException e) {
            refused.add(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits until there have been some more.
    void meets(Living server) throws InterruptedException {
        int enough = acknowledged.size() + MEANWHILE;
        Waiting.until(enough + " writes", server, () -> acknowledged.size() >= enough || !refused.isEmpty());
    }

    /// Ends, with the last answers.
    /// @return the revision of each write that was acknowledged, by name
    Map<String, String> end() {
        close();
        return acknowledged;
    }

    /// Writes that were answered otherwise.
    List<String> refused() {
        return List.copyOf(refused);
    }

    /// The revision of each object that is there, by name.
    Map<String, String> stored() throws IOException, InterruptedException {
        Map<String, String> all = new HashMap<>();
        for (Struct map : cluster.list(path)) {
            all.put(map.struct("metadata").text("name"), map.struct("metadata").text("resourceVersion"));
        }
        all.remove("kube-root-ca.crt");
        return all;
    }

    @Override
    public void close() {
        over.countDown();
        writers.close();
    }
}
