package io.k3j.clusterdns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.LiveViews;
import io.k3j.controllerkit.Resources;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkitprocess.NoDescriptors;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Asks over real sockets, as a pod does.
class ZoneTest {
    private final FakeApi api = FakeApi.stepped(Instant::now);
    private final LiveViews views = new LiveViews(Instant::now);
    private Listeners listeners;

    private void create(Gvr resource, String apiVersion, String kind, String namespace, String name, Object... fields) {
        Struct metadata = Struct.builder().put("name", name).putUnlessEmpty("namespace", namespace).build();
        Struct o = Struct.of("apiVersion", apiVersion, "kind", kind, "metadata", metadata);
        for (int i = 0; i < fields.length; i += 2) {
            o = fields[i].equals("labels") ? o.withAt(fields[i + 1], "metadata", "labels")
                    : o.with((String) fields[i], fields[i + 1]);
        }
        api.create(resource, Obj.of(o), WriteOptions.PLAIN);
    }

    @BeforeEach
    void cluster() throws IOException {
        create(Resources.NAMESPACES, "v1", "Namespace", "", "default");
        create(Resources.NODES, "v1", "Node", "", "node-1", "status",
                Struct.of("addresses", Seq.of(Struct.of("type", "InternalIP", "address", "192.0.2.7"))));
        Struct http = Struct.of("name", "http", "protocol", "TCP", "port", 80);
        create(Resources.SERVICES, "v1", "Service", "default", "web", "spec",
                Struct.of("clusterIP", "10.43.0.5", "clusterIPs", Seq.of("10.43.0.5", "fd00:43::5"), "ports",
                        Seq.of(http)));
        create(Resources.SERVICES, "v1", "Service", "default", "db", "spec",
                Struct.of("clusterIP", "None", "clusterIPs", Seq.of("None"), "ports", Seq.of(http)));
        create(Resources.SERVICES, "v1", "Service", "default", "far", "spec",
                Struct.of("type", "ExternalName", "externalName", "web.default.svc.cluster.local"));
        Seq endpoints = Seq.of(
                Struct.of("addresses", Seq.of("10.42.0.2"), "hostname", "db-0", "conditions", Struct.of("ready", true)),
                Struct.of("addresses", Seq.of("10.42.0.3"), "conditions", Struct.of("ready", true)),
                Struct.of("addresses", Seq.of("10.42.0.4"), "conditions", Struct.of("ready", false)));
        create(Resources.ENDPOINT_SLICES, "discovery.k8s.io/v1", "EndpointSlice", "default", "db-x", "labels",
                Struct.of("kubernetes.io/service-name", "db"), "endpoints", endpoints, "ports",
                Seq.of(http.with("port", 8080)));
        Zone zone = new Zone("cluster.local", new Picture(views));
        Forwarder nowhere = new Forwarder(List::of, new Random(1), Instant::now);
        listeners = new Listeners(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new Responder(zone, nowhere),
                a -> true, Instant::now, Health.none());
        views.attach(api);
        deliver(api);
    }

    private static void deliver(FakeApi api) {
        boolean more = true;
        while (more) {
            more = api.deliver();
        }
    }

    @AfterEach
    void close() {
        listeners.close();
        views.close();
    }

    private static byte[] query(String name, int type) {
        byte[] encoded = Wire.encoded(name);
        return ByteBuffer.allocate(12 + encoded.length + 4).putShort((short) 77).putShort((short) 0x0100)
                .putShort((short) 1)
                .putShort((short) 0).putInt(0).put(encoded).putShort((short) type).putShort((short) 1).array();
    }

    private byte[] ask(String name, int type) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            byte[] q = query(name, type);
            socket.setSoTimeout(5000);
            socket.send(new DatagramPacket(q, q.length,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), listeners.port())));
            DatagramPacket answer = new DatagramPacket(new byte[4096], 4096);
            socket.receive(answer);
            return Arrays.copyOf(answer.getData(), answer.getLength());
        }
    }

    @Test
    @Timeout(60)
    void waitsWithoutEffortWhenThereIsNoDescriptorAndAnswersWhenThereIsOne() throws Exception {
        try (SocketChannel client = SocketChannel.open()) {
            try (NoDescriptors _ = NoDescriptors.begin()) {
                client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listeners.port()));
                assertThat(NoDescriptors.percent(1000)).isLessThan(50);
            }
            byte[] question = query("web.default.svc.cluster.local", Type.A);
            client.write(ByteBuffer.allocate(2 + question.length).putShort((short) question.length).put(question)
                    .flip());
            ByteBuffer answer = ByteBuffer.allocate(4);
            while (answer.hasRemaining()) {
                assertThat(client.read(answer)).isPositive();
            }
            assertThat(answer.getShort(2)).isEqualTo((short) 77);
        }
    }

    private static int code(byte[] answer) {
        return answer[3] & 0xF;
    }

    private List<String> addresses(String name, int type) throws IOException {
        List<String> found = new ArrayList<>();
        for (Answer.Data d : Outside.addresses(ask(name, type), name, type)) {
            found.add(InetAddress.getByAddress(((Answer.Data.Address) d).address()).getHostAddress());
        }
        return found;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"web.default.svc.cluster.local|1|10.43.0.5", "WEB.Default.svc.cluster.local|1|10.43.0.5",
                    "web.default.svc.cluster.local|28|fd00:43:0:0:0:0:0:5",
                    "db.default.svc.cluster.local|1|10.42.0.2,10.42.0.3",
                    "db-0.db.default.svc.cluster.local|1|10.42.0.2",
                    "10-42-0-3.db.default.svc.cluster.local|1|10.42.0.3",
                    "10-42-0-9.default.pod.cluster.local|1|10.42.0.9", "node-1|1|192.0.2.7",
                    "far.default.svc.cluster.local|1|10.43.0.5"})
    void givesAddresses(String name, int type, String addresses) throws IOException {
        assertThat(addresses(name, type)).containsExactlyInAnyOrder(addresses.split(","));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"none.default.svc.cluster.local|1|3", "web.other.svc.cluster.local|1|3",
            "db-9.db.default.svc.cluster.local|1|3", "10-42-0-4.db.default.svc.cluster.local|1|3",
            "db.default.svc.cluster.local|28|0", "default.svc.cluster.local|1|0", "svc.cluster.local|1|0",
            "cluster.local|1|0",
            "x.cluster.local|1|3", "example.org|1|2"})
    void tellsMissingNamesFromMissingRecords(String name, int type, int code) throws IOException {
        byte[] answer = ask(name, type);
        assertThat(code(answer)).isEqualTo(code);
        assertThat(answer[7]).as("answers").isZero();
        assertThat(answer[9]).as("the zone's SOA").isEqualTo((byte) (code == 2 ? 0 : 1));
    }

    @Test
    void givesPortsWithTheirTargets() throws IOException {
        Zone zone = new Zone("cluster.local", new Picture(views(api)));
        Answer one = zone.answer(new Question("_http._tcp.web.default.svc.cluster.local", Type.SRV)).orElseThrow();
        assertThat(one.records()).singleElement().isEqualTo(new Answer.Data.Service(
                "_http._tcp.web.default.svc.cluster.local", 100, 80, "web.default.svc.cluster.local"));
        Answer headless = zone.answer(new Question("_http._tcp.db.default.svc.cluster.local", Type.SRV)).orElseThrow();
        assertThat(headless.records()).extracting(r -> ((Answer.Data.Service) r).target()).containsExactlyInAnyOrder(
                "db-0.db.default.svc.cluster.local", "10-42-0-3.db.default.svc.cluster.local");
        assertThat(headless.additional()).hasSize(2);
    }

    @Test
    void findsNamesOfAddresses() {
        Zone zone = new Zone("cluster.local", new Picture(views(api)));
        assertThat(zone.answer(new Question("5.0.43.10.in-addr.arpa", Type.PTR)).orElseThrow().records())
                .singleElement()
                .isEqualTo(new Answer.Data.Name("5.0.43.10.in-addr.arpa", Type.PTR, "web.default.svc.cluster.local"));
        String six = "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.4.0.0.0.0.d.f.ip6.arpa";
        assertThat(zone.answer(new Question(six, Type.PTR)).orElseThrow().records()).hasSize(1);
        assertThat(zone.answer(new Question("2.0.42.10.in-addr.arpa", Type.PTR)).orElseThrow().records())
                .singleElement().extracting(r -> ((Answer.Data.Name) r).target())
                .isEqualTo("db-0.db.default.svc.cluster.local");
    }

    private static LiveViews views(FakeApi api) {
        LiveViews views = new LiveViews(Instant::now);
        new Picture(views);
        views.attach(api);
        deliver(api);
        return views;
    }

    @Test
    void answersRubbishWithAFormatErrorAndGoesOn() throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            byte[] rubbish = new byte[40];
            Arrays.fill(rubbish, (byte) 0x7f);
            rubbish[2] = 0;
            socket.setSoTimeout(5000);
            socket.send(new DatagramPacket(rubbish, 40,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), listeners.port())));
            DatagramPacket answer = new DatagramPacket(new byte[512], 512);
            socket.receive(answer);
            assertThat(code(answer.getData())).isEqualTo(Answer.FORMAT_ERROR);
        }
        assertThat(addresses("web.default.svc.cluster.local", Type.A)).containsExactly("10.43.0.5");
    }
}
