package io.k3j.swapitest;

import io.k3j.model.Struct;
import io.k3j.swapitest.Cluster.Refused;
import io.k3j.testkitbase.Living;
import io.k3j.testkitbase.Teardown;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Nodes that are objects and nothing else, with what kubelets do for their pods of one namespace: they say that they
/// are alive, that each pod is ready as soon as it is bound, and let each go as soon as it is to end. One thread does
/// it. [#drain] asks for what `kubectl drain` does.
final class MadeUpNodes implements AutoCloseable {
    private static final String NODES = "/api/v1/nodes";
    private static final long LOOK_MILLIS = 20;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int TOO_MANY = 429;
    private static final String READY = """
            {"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"},\
            {"type":"ContainersReady","status":"True"},{"type":"PodScheduled","status":"True"}]}}""";
    private static final String ALIVE = """
            {"status":{"allocatable":{"cpu":"8","memory":"16Gi","pods":"110"},\
            "capacity":{"cpu":"8","memory":"16Gi","pods":"110"},\
            "conditions":[{"type":"Ready","status":"True","reason":"KubeletReady","lastHeartbeatTime":"%s"}]}}""";

    private final Cluster cluster;
    private final Living server;
    private final String pods;
    private final List<String> names;
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread;

    /// Registers them.
    /// @param namespace of the pods that are looked after
    MadeUpNodes(Cluster cluster, Living server, String namespace, String... names)
            throws IOException, InterruptedException {
        this.cluster = cluster;
        this.server = server;
        this.pods = "/api/v1/namespaces/" + namespace + "/pods";
        this.names = List.of(names);
        for (String name : names) {
            cluster.post(NODES, "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"" + name + "\"}}");
        }
        thread = Thread.ofVirtual().name("made-up-kubelets").start(this::work);
    }

    private void work() {
        try {
            while (!over.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                try {
                    turn();
                } catch (IOException | RuntimeException e) {
                    faults.add(e.toString());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void turn() throws IOException, InterruptedException {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        for (String name : names) {
            cluster.patch(NODES + "/" + name + "/status", ALIVE.formatted(now));
        }
        for (Struct pod : cluster.list(pods)) {
            String path = pods + "/" + pod.struct("metadata").text("name");
            if (pod.struct("metadata").has("deletionTimestamp")) {
                beside(() -> cluster.delete(path), NOT_FOUND);
            } else if (!pod.struct("spec").text("nodeName").isEmpty() && !ready(pod)) {
                beside(() -> cluster.patch(path + "/status", READY), NOT_FOUND, CONFLICT);
            }
        }
    }

    /// Something that is asked for.
    private interface Request {
        void send() throws IOException, InterruptedException;
    }

    /// Asks for something that others may be faster with, or that is not to be yet.
    private static void beside(Request request, Integer... codes) throws IOException, InterruptedException {
        try {
            request.send();
        } catch (Refused e) {
            if (!Set.of(codes).contains(e.code())) {
                throw e;
            }
        }
    }

    /// Whether a pod says that it is ready, and is not about to end.
    static boolean ready(Struct pod) {
        return !pod.struct("metadata").has("deletionTimestamp")
                && pod.struct("status").seq("conditions").find("type", "Ready").text("status").equals("True");
    }

    /// Waits until there are so many pods, all of them ready.
    /// @return the list of them
    Struct awaitReady(int count) throws InterruptedException {
        List<Struct> lists = new ArrayList<>();
        Waiting.until(count + " ready pods", server, () -> {
            lists.add(cluster.get(pods));
            List<Struct> now = lists.getLast().seq("items").structs();
            return now.size() == count && now.stream().allMatch(MadeUpNodes::ready);
        });
        return lists.getLast();
    }

    /// Takes all pods from a node as `kubectl drain` does: no pod is to come any more, each that is there is evicted,
    /// again and again while its budget forbids it, until all have gone.
    void drain(String node) throws IOException, InterruptedException {
        cluster.patch(NODES + "/" + node, "{\"spec\":{\"unschedulable\":true}}");
        Waiting.until("no pod on " + node, server, () -> {
            List<Struct> left = cluster.list(pods + "?fieldSelector=spec.nodeName%3D" + node);
            for (Struct pod : left) {
                evict(pod.struct("metadata").text("name"));
            }
            return left.isEmpty();
        });
    }

    private void evict(String pod) throws IOException, InterruptedException {
        try {
            beside(() -> cluster.post(pods + "/" + pod + "/eviction", "{\"apiVersion\":\"policy/v1\",\"kind\":"
                    + "\"Eviction\",\"metadata\":{\"name\":\"" + pod + "\"}}"), NOT_FOUND, CONFLICT, TOO_MANY);
        } catch (IOException e) {
            faults.add(e.toString());
            throw e;
        }
    }

    /// Lets pods come to a node again.
    void uncordon(String node) throws IOException, InterruptedException {
        cluster.patch(NODES + "/" + node, "{\"spec\":{\"unschedulable\":null}}");
    }

    /// What a kubelet or `kubectl drain` is not answered where all is well.
    List<String> faults() {
        return List.copyOf(faults);
    }

    @Override
    public void close() {
        over.countDown();
        Teardown.of("made-up kubelets", thread::join, this::unregister);
    }

    private void unregister() throws IOException, InterruptedException {
        for (String name : names) {
            cluster.delete(NODES + "/" + name);
        }
    }
}
