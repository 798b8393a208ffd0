package io.k3j.kubeproxy;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkitbase.Figure;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/// 5 000 Services with two endpoints each, in a network namespace of its own: how long the first write takes and one
/// change after it. [ProxierFiguresTest] runs it.
final class ProxierBench {
    private static final int SERVICES = 5_000;
    private static final int CHANGES = 50;
    private final FakeApi api = FakeApi.stepped(Instant::now);
    private final Proxier proxier;

    private ProxierBench(Kernel kernel, LiveViews views) {
        var services = views.of(BuiltinResources.SERVICES);
        var slices = views.of(BuiltinResources.ENDPOINT_SLICES).index(Proxier.BY_SERVICE, Proxier::serviceOf);
        proxier = new Proxier(services, slices, kernel,
                ProxyOptions.of("here", List.of("10.42.0.0/16"), List.of(), List.of()), Instant.EPOCH);
        services.listen((before, after) -> proxier.changed(before, after, o -> List.of(Proxier.name(o)), true));
        slices.listen((before, after) -> proxier.changed(before, after, Proxier::serviceOf, false));
        views.attach(api);
    }

    /// Prints what it comes to.
    static void run() throws IOException {
        try (Kernel kernel = new Kernel(); LiveViews views = new LiveViews(Instant::now)) {
            ProxierBench bench = new ProxierBench(kernel, views);
            bench.fill();
            new Figure(13, SERVICES + " Services, " + 2 * SERVICES + " endpoints programmed",
                    bench.synced() / 1_000.0, "s").atMost(1);
            long[] changes = new long[CHANGES];
            for (int i = 0; i < CHANGES; i++) {
                bench.change(i);
                changes[i] = bench.synced();
            }
            Arrays.sort(changes);
            kernel.shell("nft flush ruleset");
            bench.proxier.suspect();
            long flushed = bench.synced();
            new Figure(13, "one change at that size, median of " + CHANGES, changes[CHANGES / 2], "ms").atMost(20);
            new Figure(13, "one change at that size, the longest", changes[CHANGES - 1], "ms").alone();
            new Figure(13, "all of it again after the rules were flushed", flushed / 1_000.0, "s").alone();
        }
    }

    private static Struct endpoints(int i, int version) {
        return Struct.of("apiVersion", "discovery.k8s.io/v1", "kind", "EndpointSlice", "metadata",
                Struct.of("name", "s" + i + "-1", "namespace", "default", "labels",
                        Struct.of("kubernetes.io/service-name", "s" + i)),
                "addressType", "IPv4", "ports", Seq.of(Struct.of("name", "p", "protocol", "TCP", "port", 8080L)),
                "endpoints", Seq.of(endpoint("10.42." + i / 250 + "." + (i % 250 + 1), "here"),
                        endpoint("10.42." + (100 + version + i / 250) + "." + (i % 250 + 1), "there")));
    }

    private static Struct endpoint(String ip, String node) {
        return Struct.of("addresses", Seq.of(ip), "nodeName", node, "conditions", Struct.of("ready", true));
    }

    private void fill() {
        for (int i = 0; i < SERVICES; i++) {
            String ip = "10.43." + i / 250 + "." + (i % 250 + 1);
            api.create(BuiltinResources.SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                    Struct.of("name", "s" + i, "namespace", "default"), "spec",
                    Struct.of("type", "ClusterIP", "clusterIP", ip, "clusterIPs", Seq.of(ip), "ports",
                            Seq.of(Struct.of("name", "p", "protocol", "TCP", "port", 80L))))),
                    WriteOptions.PLAIN);
            api.create(BuiltinResources.ENDPOINT_SLICES, Obj.of(endpoints(i, 0)), WriteOptions.PLAIN);
        }
    }

    private void change(int i) {
        Obj slice = api.get(BuiltinResources.ENDPOINT_SLICES, new Key("default", "s" + i * 7 + "-1"));
        api.update(BuiltinResources.ENDPOINT_SLICES,
                slice.with(endpoints(i * 7, 1).seq("endpoints"), "endpoints"), WriteOptions.PLAIN);
    }

    private long synced() {
        boolean more = true;
        while (more) {
            more = api.deliver();
        }
        long begun = System.nanoTime();
        if (!proxier.sync().isEmpty()) {
            throw new IllegalStateException("refused");
        }
        return (System.nanoTime() - begun) / 1_000_000;
    }
}
