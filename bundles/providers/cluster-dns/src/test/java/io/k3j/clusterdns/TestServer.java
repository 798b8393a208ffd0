package io.k3j.clusterdns;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveViews;
import io.k3j.corefile.ConfigFiles;
import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.DnsMessageReader;
import io.k3j.dnsmessage.DomainNames;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsmessage.ResourceRecord;
import io.k3j.dnsplugins.ClientShares;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A cluster of a few objects and a server with a Corefile, asked without sockets.
final class TestServer {
    final FakeApi api = FakeApi.stepped(Instant::now);
    final LiveViews views = new LiveViews(Instant::now);
    final LiveViews pods = new LiveViews(Instant::now);
    final List<String> log = new ArrayList<>();
    final Responder responder = new Responder();
    volatile Instant now = Instant.parse("2026-11-22T06:00:00Z");
    volatile List<InetSocketAddress> resolvers = List.of();
    private final PluginContext around;

    TestServer() {
        around = new PluginContext(new DnsObjects(views, pods), () -> resolvers, new ClientShares(8, 4),
                new SecureRandom(), () -> now, () -> now, log::add, Map.of("HOSTNAME", "n1"));
    }

    PluginContext around() {
        return around;
    }

    /// With the cluster's objects, known.
    static TestServer withCluster() {
        TestServer server = new TestServer();
        server.cluster();
        server.follow();
        return server;
    }

    void follow() {
        views.attach(api);
        pods.attach(api);
        deliver();
    }

    void deliver() {
        boolean more = true;
        while (more) {
            more = api.deliver();
        }
    }

    void create(Gvr resource, String apiVersion, String kind, String namespace, String name, Object... fields) {
        Struct metadata = Struct.builder().put("name", name).putUnlessEmpty("namespace", namespace).build();
        Struct o = Struct.of("apiVersion", apiVersion, "kind", kind, "metadata", metadata);
        for (int i = 0; i < fields.length; i += 2) {
            o = fields[i].equals("labels") ? o.withAt(fields[i + 1], "metadata", "labels")
                    : o.with((String) fields[i], fields[i + 1]);
        }
        api.create(resource, Obj.of(o), WriteOptions.PLAIN);
    }

    void service(String namespace, String name, Struct spec) {
        create(BuiltinResources.SERVICES, "v1", "Service", namespace, name, "spec", spec);
    }

    void slice(String service, Seq endpoints, Seq ports) {
        create(BuiltinResources.ENDPOINT_SLICES, "discovery.k8s.io/v1", "EndpointSlice", "default", service + "-x",
                "labels", Struct.of("kubernetes.io/service-name", service), "endpoints", endpoints, "ports", ports);
    }

    private void cluster() {
        create(BuiltinResources.NAMESPACES, "v1", "Namespace", "", "default", "labels", Struct.of("team", "a"));
        create(BuiltinResources.NAMESPACES, "v1", "Namespace", "", "kube-system");
        Struct http = Struct.of("name", "http", "protocol", "TCP", "port", 80);
        service("default", "web", Struct.of("clusterIP", "10.43.0.5", "clusterIPs", Seq.of("10.43.0.5", "fd00:43::5"),
                "ports", Seq.of(http, Struct.of("name", "dns", "protocol", "UDP", "port", 53))));
        service("default", "db", Struct.of("clusterIP", "None", "clusterIPs", Seq.of("None"), "ports", Seq.of(http)));
        service("default", "bare", Struct.of("clusterIP", "10.43.0.6", "clusterIPs", Seq.of("10.43.0.6")));
        service("default", "far",
                Struct.of("type", "ExternalName", "externalName", "web.default.svc.cluster.local"));
        service("default", "out", Struct.of("type", "ExternalName", "externalName", "www.example.org"));
        service("default", "self",
                Struct.of("type", "ExternalName", "externalName", "self.default.svc.cluster.local"));
        service("kube-system", "kube-dns", Struct.of("clusterIP", "10.43.0.10", "clusterIPs", Seq.of("10.43.0.10"),
                "ports", Seq.of(Struct.of("name", "dns", "protocol", "UDP", "port", 53))));
        slice("db", Seq.of(
                Struct.of("addresses", Seq.of("10.42.0.2"), "hostname", "db-0", "conditions", Struct.of("ready", true)),
                Struct.of("addresses", Seq.of("10.42.0.3"), "conditions", Struct.of("ready", true), "targetRef",
                        Struct.of("kind", "Pod", "name", "db-pod")),
                Struct.of("addresses", Seq.of("fd00:42::"), "conditions", Struct.of("ready", true)),
                Struct.of("addresses", Seq.of("10.42.0.4"), "conditions", Struct.of("ready", false)),
                Struct.of("addresses", Seq.of("10.42.0.8"), "conditions",
                        Struct.of("ready", false, "serving", true, "terminating", true))),
                Seq.of(http.with("port", 8080)));
        create(BuiltinResources.PODS, "v1", "Pod", "default", "p");
        api.update(BuiltinResources.PODS, api.get(BuiltinResources.PODS, new Key("default", "p"))
                .with(Struct.of("phase", "Running", "podIPs", Seq.of(Struct.of("ip", "10.42.0.9"))), "status"),
                WriteOptions.STATUS);
    }

    /// Uses a Corefile, with further files by their path below `/etc/coredns`.
    TestServer use(String corefile, String... files) {
        responder.use(configuration(corefile, files));
        return this;
    }

    Configuration configuration(String corefile, String... files) {
        Map<String, String> all = new java.util.TreeMap<>(Map.of(Configuration.PATH, corefile));
        for (int i = 0; i < files.length; i += 2) {
            all.put(ConfigFiles.DIRECTORY + files[i], files[i + 1]);
        }
        return Configuration.of(new ConfigFiles(all), around);
    }

    /// A Corefile with one block for everything and `kubernetes` in it, with these further lines.
    TestServer useCluster(String... lines) {
        return use(".:53 {\n kubernetes cluster.local in-addr.arpa ip6.arpa {\n pods insecure\n"
                + " fallthrough in-addr.arpa ip6.arpa\n }\n" + String.join("\n", lines) + "\n}\n");
    }

    DnsAnswer ask(String name, int type) {
        return ask(query(name, type, 0x0100, new byte[0]), false);
    }

    DnsAnswer ask(String name, String type) {
        return ask(name, RecordType.number(type));
    }

    /// The answer to a message, read back as a client would.
    DnsAnswer ask(byte[] query, boolean tcp) {
        return DnsMessageReader.read(bytes(query, tcp), "");
    }

    byte[] bytes(byte[] query, boolean tcp) {
        return responder.respond(query, 53, tcp, client("10.42.0.99"), true).orElseThrow();
    }

    static InetSocketAddress client(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 40_000);
    }

    static byte[] query(String name, int type, int flags, byte[] opt) {
        byte[] wire = DomainNames.wire(name);
        return ByteBuffer.allocate(12 + wire.length + 4 + opt.length).putShort((short) 77).putShort((short) flags)
                .putShort((short) 1).putInt(0).putShort((short) (opt.length > 0 ? 1 : 0)).put(wire)
                .putShort((short) type).putShort((short) 1).put(opt).array();
    }

    /// An OPT record.
    static byte[] opt(int size, int version, boolean dnssec) {
        return ByteBuffer.allocate(11).put((byte) 0).putShort((short) RecordType.OPT).putShort((short) size)
                .put((byte) 0)
                .put((byte) version).putShort((short) (dnssec ? 0x8000 : 0)).putShort((short) 0).array();
    }

    static List<String> texts(List<ResourceRecord> records) {
        return records.stream().map(ResourceRecord::toString).toList();
    }
}
