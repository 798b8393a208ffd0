package io.k3j.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Decoding;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import io.k3j.testkit.Samples;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime.TypeMeta;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Apps;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Against the messages of the official Java client.
class ProtobufTest {
    private static final Gvk POD = Gvk.of("v1", "Pod");
    private static final Gvk REVISION = Gvk.of("apps/v1", "ControllerRevision");
    private final Schemas schemas = new Schemas();
    private final Protobuf protobuf = new Protobuf(schemas);

    private static Map<String, Descriptor> official() throws Exception {
        Map<String, Descriptor> all = new HashMap<>();
        Path jar = Path.of(Meta.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (JarFile file = new JarFile(jar.toFile())) {
            for (String n : file.stream().map(e -> e.getName()).filter(n -> n.endsWith(".class") && !n.contains("$"))
                    .toList()) {
                Class<?> outer = Class.forName(n.substring(0, n.length() - 6).replace('/', '.'));
                ((com.google.protobuf.Descriptors.FileDescriptor) outer.getMethod("getDescriptor").invoke(null))
                        .getMessageTypes().forEach(m -> all.put("io.k8s." + m.getFullName().substring(7)
                                .replace("apiextensions_apiserver", "apiextensions-apiserver"), m));
            }
        }
        return all;
    }

    @Test
    void everyKindIsWrittenAsTheOfficialMessagesAndReadBack() throws Exception {
        Map<String, Descriptor> official = official();
        int compared = 0;
        for (Gvk kind : schemas.kinds()) {
            Shape shape = schemas.shape(kind).orElseThrow();
            if (shape.field("kind") == null) {
                continue;
            }
            Struct sample = Decoding.decode(shape, Samples.of(kind, shape)).object();
            byte[] bytes = protobuf.bytes(sample);
            assertThat(protobuf.object(bytes, kind)).as(kind.toString()).isEqualTo(sample);
            Descriptor message = official.get(shape.definition());
            if (message != null && !shape.definition().contains("PodCertificateRequest")) {
                Unknown envelope = Unknown.parseFrom(ByteString.copyFrom(bytes, 4, bytes.length - 4));
                assertThat(envelope.getTypeMeta().getKind()).isEqualTo(kind.kind());
                DynamicMessage theirs = DynamicMessage.parseFrom(message, envelope.getRaw());
                List<String> problems = new ArrayList<>();
                known(theirs, message.getName(), problems);
                assertThat(problems).as(kind.toString()).isEmpty();
                assertThat(protobuf.object(enveloped(kind, theirs), kind)).as(kind.toString()).isEqualTo(sample);
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(150);
    }

    /// Nothing unknown, and every text in the field whose name it tells.
    private static void known(Message m, String path, List<String> problems) {
        if (!m.getUnknownFields().asMap().isEmpty()) {
            problems.add(path + " has unknown fields " + m.getUnknownFields().asMap().keySet());
        }
        m.getAllFields().forEach((field, v) -> {
            for (Object one : v instanceof List<?> list ? list : List.of(v)) {
                if (one instanceof Message inner) {
                    known(inner, path + "." + field.getName(), problems);
                } else if (one instanceof String s && named(field) && !s.replace("-", "").replace("$", "")
                        .equalsIgnoreCase(field.getName())) {
                    problems.add(path + "." + field.getName() + " holds " + s);
                }
            }
        });
    }

    /// Texts of wrappers, map entries and quantities tell the name of the field around them.
    private static boolean named(FieldDescriptor f) {
        return switch (f.getContainingType().getName()) {
            case "Quantity", "IntOrString", "ExtraValue", "Verbs" -> false;
            default -> !f.getContainingType().getOptions().getMapEntry()
                    && !f.getContainingType().getName().endsWith("StringArray");
        };
    }

    private static byte[] enveloped(Gvk kind, Message m) {
        byte[] unknown = Unknown.newBuilder().setTypeMeta(TypeMeta.newBuilder().setApiVersion(kind.apiVersion())
                .setKind(kind.kind())).setRaw(m.toByteString()).build().toByteArray();
        byte[] all = new byte[unknown.length + 4];
        System.arraycopy(new byte[] {'k', '8', 's', 0}, 0, all, 0, 4);
        System.arraycopy(unknown, 0, all, 4, unknown.length);
        return all;
    }

    @Test
    void gosZerosAreDroppedAndAlwaysWrittenFieldsAreThere() {
        V1.Pod pod = V1.Pod.newBuilder().setMetadata(Meta.ObjectMeta.newBuilder().setName("x").setNamespace("")
                .setGeneration(0).setCreationTimestamp(Meta.Time.getDefaultInstance()))
                .setSpec(V1.PodSpec.newBuilder().setNodeName("").setHostNetwork(false).setPriority(0)
                        .setEnableServiceLinks(false)
                        .addContainers(V1.Container.newBuilder().setName("c").setStdin(false)
                                .setResources(V1.ResourceRequirements.getDefaultInstance())))
                .setStatus(V1.PodStatus.getDefaultInstance()).build();
        assertThat(protobuf.object(enveloped(POD, pod), POD)).isEqualTo(Struct.of("apiVersion", "v1", "kind", "Pod",
                "metadata", Struct.of("name", "x"), "spec", Struct.of("containers",
                        Seq.of(Struct.of("name", "c", "resources", Struct.EMPTY)), "enableServiceLinks", false,
                        "priority", 0),
                "status", Struct.EMPTY));
    }

    @Test
    void numbersOfEverySizeAndSignSurvive() {
        for (long n : new long[] {1, -1, 127, 128, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            Struct s = Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                    Struct.of("generation", n * 4_000_000_001L), "spec", Struct.of("containers", null, "priority", n),
                    "status", Struct.EMPTY);
            assertThat(protobuf.object(protobuf.bytes(s), POD).equals(s)).isTrue();
        }
    }

    @Test
    void anEnvelopeWithoutTypeTakesTheExpectedOne() {
        Struct options = Struct.of("apiVersion", "v1", "kind", "DeleteOptions", "gracePeriodSeconds", 0);
        byte[] bytes = protobuf.bytes(options);
        byte[] untyped = new byte[] {'k', '8', 's', 0, 0x12, 2, 8, 0};
        assertThat(protobuf.object(bytes, POD)).isEqualTo(options);
        assertThat(protobuf.object(untyped, Gvk.of("v1", "DeleteOptions"))).isEqualTo(options);
        assertThat(protobuf.knows(Gvk.of("v1", "Status"))).isTrue();
        assertThat(protobuf.knows(Gvk.of("example.com/v1", "X"))).isFalse();
    }

    @Test
    void damagedBytesAreRefusedAndNeverHang() throws Exception {
        Shape shape = schemas.shape(POD).orElseThrow();
        byte[] good = protobuf.bytes(Samples.of(POD, shape));
        int end = good.length - 4;
        for (int n = 0; n < end; n += 7) {
            byte[] cut = Arrays.copyOf(good, n);
            assertThatThrownBy(() -> protobuf.object(cut, POD)).isInstanceOf(RuntimeException.class)
                    .matches(e -> e instanceof MalformedInput || e instanceof io.k3j.schema.DecodeFailure);
        }
        assertThatThrownBy(() -> protobuf.object("{}".getBytes(), POD)).hasMessageContaining("envelope");
        assertThatThrownBy(
                () -> protobuf.object(enveloped(Gvk.of("example.com/v1", "X"), Meta.Time.getDefaultInstance()), POD))
                .hasMessageContaining("no kind \"X\" is registered for version \"example.com/v1\"");
    }

    @Test
    void aWatchFrameHoldsTypeAndEnvelope() throws InvalidProtocolBufferException {
        byte[] object = protobuf.bytes(Struct.of("apiVersion", "v1", "kind", "Pod"));
        byte[] frame = Protobuf.watchFrame("ADDED", object);
        assertThat(ByteBuffer.wrap(frame).getInt()).isEqualTo(frame.length - 4);
        Meta.WatchEvent event = Meta.WatchEvent.parseFrom(ByteString.copyFrom(frame, 4, frame.length - 4));
        assertThat(event.getType()).isEqualTo("ADDED");
        assertThat(event.getObject().getRaw().toByteArray()).isEqualTo(object);
    }

    @Test
    void anObjectInsideAnObjectMayBeProtobufItself() throws IOException {
        byte[] inner = protobuf
                .bytes(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata", Struct.of("name", "in")));
        Meta.WatchEvent event = Meta.WatchEvent.newBuilder().setType("ADDED").setObject(
                io.kubernetes.client.proto.Runtime.RawExtension.newBuilder().setRaw(ByteString.copyFrom(inner)))
                .build();
        Gvk kind = Gvk.of("v1", "WatchEvent");
        assertThat(protobuf.object(enveloped(kind, event), kind).at("object", "metadata", "name")).isEqualTo("in");
    }

    /// ControllerRevisions, each the data of the next one, innermost first.
    private byte[] revisions(int count) {
        byte[] object = protobuf.bytes(Struct.of("apiVersion", "v1", "kind", "Pod"));
        for (int i = 0; i < count; i++) {
            V1Apps.ControllerRevision outer = V1Apps.ControllerRevision.newBuilder()
                    .setData(io.kubernetes.client.proto.Runtime.RawExtension.newBuilder()
                            .setRaw(ByteString.copyFrom(object)))
                    .build();
            object = enveloped(REVISION, outer);
        }
        return object;
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 1_000, 5_000})
    void objectsNestedTooDeepInTheirOwnEnvelopesAreRefused(int count) {
        byte[] bytes = revisions(count);
        assertThatThrownBy(() -> protobuf.object(bytes, REVISION)).isInstanceOf(MalformedInput.class)
                .hasMessageContaining("more than 500 messages inside each other");
    }

    @Test
    void objectsNestedAsDeepAsAllowedAreRead() {
        Object inner = protobuf.object(revisions(499), REVISION);
        for (int i = 0; i < 499; i++) {
            inner = ((Struct) inner).struct("data");
        }
        assertThat(((Struct) inner).text("kind")).isEqualTo("Pod");
    }

    /// Two bytes each.
    @Test
    void anObjectOfAMillionMessagesIsRefused() {
        V1.PodSpec.Builder spec = V1.PodSpec.newBuilder();
        for (int i = 0; i < 1_000_000; i++) {
            spec.addContainers(V1.Container.getDefaultInstance());
        }
        byte[] bytes = enveloped(POD, V1.Pod.newBuilder().setSpec(spec).build());
        assertThatThrownBy(() -> protobuf.object(bytes, POD)).isInstanceOf(MalformedInput.class)
                .hasMessageContaining("more than 500000 messages in one object");
    }
}
