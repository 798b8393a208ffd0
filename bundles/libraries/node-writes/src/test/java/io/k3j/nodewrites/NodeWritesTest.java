package io.k3j.nodewrites;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import io.k3j.nodewrites.NodeWriteSamples.Sample;
import io.k3j.nodewrites.NodeWriteTable.Entry;
import io.k3j.nodewrites.NodeWriteTable.Fields;
import io.k3j.nodewrites.NodeWriteTable.Row;
import io.k3j.schema.Decoding;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Somebody holds all credentials of the node `n` and writes each field there is. Made from `node-writes.txt` and the
/// schema.
class NodeWritesTest {
    private static final Map<String, String> USERS = Map.of("kubelet", "system:node:n", "network",
            "system:k3s-controller", "unbound", "system:k3s-controller", "proxy", "system:kube-proxy");
    private final NodeWriteTable table = NodeWriteTable.read();
    private final Schemas schemas = new Schemas();
    private final NodeStage stage = new NodeStage();

    @BeforeEach
    void cluster() {
        NodeWriteSamples.cluster(stage);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    /// One resource of an entry, under one operation.
    private record Case(String identity, Entry entry, String resource, Operation operation, Sample sample,
            Shape shape) {
        String node() {
            return identity.equals("kubelet") || identity.equals("network") ? "n" : "";
        }

        boolean creates() {
            return operation == Operation.CREATE;
        }
    }

    /// But those that refuse whatever has not been named.
    private Stream<Case> cases() {
        return table.entries().entrySet().stream().flatMap(e -> e.getValue().stream()
                .filter(entry -> entry.whole().stream().noneMatch(r -> r.rule() == NodeRule.REFUSED))
                .flatMap(entry -> entry.resources().stream().flatMap(resource -> entry.operations().stream()
                        .map(operation -> new Case(e.getKey(), entry, resource, operation,
                                NodeWriteSamples.of(resource),
                                schemas.shape(NodeWriteSamples.of(resource).takes()).orElseThrow())))));
    }

    private Stream<Case> changes() {
        return cases().filter(c -> c.operation() != Operation.DELETE);
    }

    private static List<Row> rows(Fields fields) {
        List<Row> all = new ArrayList<>();
        Row row = fields.row();
        if (row != null) {
            all.add(row);
        }
        fields.below().values().forEach(below -> all.addAll(rows(below)));
        return all;
    }

    private static Stream<DynamicTest> each(Stream<Case> cases, Consumer<Case> test) {
        return cases.map(c -> DynamicTest.dynamicTest(c.identity() + " " + c.operation() + " " + c.resource(),
                () -> test.accept(c)));
    }

    /// All rows of a resource that fail, not the first alone.
    private Stream<DynamicTest> eachRow(BiConsumer<Case, Row> test) {
        return each(changes(), c -> SoftAssertions.assertSoftly(all -> rows(c.entry().fields())
                .forEach(row -> all.assertThatCode(() -> test.accept(c, row)).as(row.path())
                        .doesNotThrowAnyException())));
    }

    private Write write(Case c, Key key, @Nullable Struct before) {
        Caller caller = Caller.of(Objects.requireNonNull(USERS.get(c.identity())), List.of());
        Write plain = stage.write(c.operation(), c.sample().resource(), c.sample().kind(), caller);
        int slash = c.resource().indexOf('/');
        return new Write(c.operation(), plain.kind(), slash < 0 ? "" : c.resource().substring(slash + 1), key,
                Optional.ofNullable(before), caller, false, Struct.EMPTY);
    }

    private void asks(NodeWriteTable by, Case c, @Nullable Struct before, Struct after) {
        new NodeWrites(stage.world, by).check(c.identity(), c.node(), write(c, c.sample().key(), before), after);
    }

    private void refused(NodeWriteTable by, Case c, @Nullable Struct before, Struct after) {
        assertThatThrownBy(() -> asks(by, c, before, after)).isInstanceOfSatisfying(ApiFault.class,
                f -> assertThat(f.code()).isEqualTo(403));
    }

    private static Struct put(Case c, String path, Object value) {
        return (Struct) NodeWriteSamples.put(c.sample().base(), NodeWriteSamples.parts(path), value);
    }

    private static @Nullable Struct before(Case c) {
        return c.creates() ? null : c.sample().base();
    }

    private static Struct good(Case c, Row row) {
        List<String> parts = NodeWriteSamples.parts(row.path());
        return put(c, row.path(), NodeWriteSamples.good(row, shape(c, row.path()),
                NodeWriteSamples.at(c.sample().base(), parts)));
    }

    private static Shape shape(Case c, String path) {
        return Objects.requireNonNull(NodeWriteSamples.at(c.shape(), NodeWriteSamples.parts(path)));
    }

    @TestFactory
    Stream<DynamicTest> everyFieldOfTheTableIsOneOfItsKind() {
        return eachRow((c, row) -> assertThat(NodeWriteSamples.at(c.shape(), NodeWriteSamples.parts(row.path())))
                .isNotNull());
    }

    @TestFactory
    Stream<DynamicTest> eachFieldOfTheTableMayBeWritten() {
        return eachRow((c, row) -> {
            Struct good = good(c, row);
            switch (row.rule()) {
                case REFUSED -> asks(table, c, good, good);
                case REMOVED -> asks(table, c, good, c.sample().base());
                default -> asks(table, c, before(c), good);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> noneMayBeWrittenWithoutItsRow() {
        return eachRow((c, row) -> {
            Struct good = good(c, row);
            if (c.creates() || !good.equals(c.sample().base())) {
                refused(without(row.path()), c, before(c), good);
            }
        });
    }

    /// The table without the rows of a field.
    private static NodeWriteTable without(String path) {
        try (InputStream in = NodeWriteTable.class.getResourceAsStream("/io/k3j/nodewrites/node-writes.txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return NodeWriteTable.parse(text.lines().map(line -> without(line, path)).toList());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String without(String line, String path) {
        if (!line.startsWith("  ") && !line.startsWith("+ ")) {
            return line;
        }
        int blank = line.indexOf(' ', 2);
        List<String> paths = new ArrayList<>(List.of(line.substring(2, blank).split(",")));
        paths.remove(path);
        return paths.isEmpty() ? "" : line.substring(0, 2) + String.join(",", paths) + line.substring(blank);
    }

    @TestFactory
    Stream<DynamicTest> noRuleIsGoneAgainst() {
        return eachRow((c, row) -> {
            for (Object bad : NodeWriteSamples.bad(row, shape(c, row.path()))) {
                refused(table, c, before(c), put(c, row.path(), bad));
            }
            if (row.rule() == NodeRule.ONCE) {
                refused(table, c, good(c, row), c.sample().base());
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> noOtherFieldMayBeWritten() {
        return each(changes(), c -> SoftAssertions.assertSoftly(all -> NodeWriteSamples
                .unlisted(c.entry().fields(), c.shape(), "").forEach(path -> all.assertThatCode(() -> refused(table, c,
                        before(c), put(c, path, NodeWriteSamples.any(shape(c, path), path)))).as(path)
                        .doesNotThrowAnyException())));
    }

    /// What Go writes whether it was asked to or not.
    @TestFactory
    Stream<DynamicTest> aNewObjectMayHaveTheFieldsThatAreAlwaysWritten() {
        return each(changes().filter(Case::creates),
                c -> asks(table, c, null, Decoding.decode(c.shape(), c.sample().base()).object()));
    }

    @TestFactory
    Stream<DynamicTest> noObjectOfOthersMayBeWritten() {
        return each(cases(), c -> c.entry().whole().forEach(row -> {
            asks(table, c, before(c), c.sample().base());
            for (Other other : others(c, row)) {
                assertThatThrownBy(() -> new NodeWrites(stage.world, table).check(c.identity(), c.node(),
                        write(c, other.key, c.creates() ? null : other.before), other.after)).as(row.rule().name())
                        .isInstanceOf(ApiFault.class);
            }
        }));
    }

    private record Other(Key key, @Nullable Struct before, Struct after) {
    }

    private static List<Other> others(Case c, Row row) {
        Struct base = c.sample().base();
        Key key = c.sample().key();
        Struct elsewhere = base.withAt("other", "spec", "nodeName");
        Struct marked = base.withAt("bound", "metadata", "annotations", NodeWrites.BOUND);
        return switch (row.rule()) {
            case NAMED_SELF -> row.arguments().isEmpty() ? List.of(named(key, "other", base))
                    : List.of(named(key, "other", base), new Other(new Key("default", "n"), base, base));
            case ON_SELF -> List.of(new Other(key, elsewhere, elsewhere),
                    c.creates() ? new Other(key, null, elsewhere) : new Other(key, elsewhere, base));
            case OWN_POD -> List.of(named(key, "elsewhere", elsewhere));
            case OWN_MIRROR_POD -> List.of(new Other(key, null, elsewhere),
                    new Other(key, null, base.withoutAt("metadata", "annotations")),
                    new Other(key, null, base.withAt("s", "spec", "serviceAccountName")));
            case OWN_PODS_TOKEN -> List.of(new Other(key, null, base.withoutAt("spec", "boundObjectRef")),
                    new Other(key, null, base.withAt("u2", "spec", "boundObjectRef", "uid")),
                    new Other(key, null, base.withoutAt("spec", "audiences")));
            case OWN_PODS_CERTIFICATE -> Stream.of("nodeName", "nodeUID", "podName", "podUID", "serviceAccountName",
                    "serviceAccountUID", "signerName").map(
                            field -> new Other(key, null,
                                    base.withAt("elsewhere", "spec", field)))
                    .toList();
            case OWN_DNS_SLICE -> List.of(named(key, "kube-dns-other", base),
                    new Other(key, base, put(c, "endpoints[].nodeName", "other")));
            case UNMARKED -> List.of(new Other(key, marked, marked));
            default -> throw new AssertionError("no example for the rule " + row.rule());
        };
    }

    private static Other named(Key key, String name, Struct object) {
        return new Other(new Key(key.namespace(), name), object, object);
    }

    @Test
    void noOtherResourceMayBeWritten() {
        NodeWrites writes = new NodeWrites(stage.world);
        for (String identity : USERS.keySet()) {
            for (Operation operation : List.of(Operation.CREATE, Operation.UPDATE, Operation.DELETE)) {
                for (Other other : List.of(other("v1", "configmaps", "ConfigMap"), other("v1", "secrets", "Secret"),
                        other("v1", "services", "Service"), other("v1", "serviceaccounts", "ServiceAccount"),
                        other("rbac.authorization.k8s.io/v1", "clusterrolebindings", "ClusterRoleBinding"))) {
                    Caller caller = Caller.of(Objects.requireNonNull(USERS.get(identity)), List.of());
                    Write write = stage.write(operation, Gvr.of(other.after.text("apiVersion"), other.key.name()),
                            other.after.text("kind"), caller);
                    assertThatThrownBy(() -> writes.check(identity, "n", write, other.after))
                            .hasMessageContaining("is not for " + caller.user());
                }
            }
        }
    }

    private static Other other(String apiVersion, String plural, String kind) {
        return new Other(Key.of(plural), null, Struct.of("apiVersion", apiVersion, "kind", kind));
    }

    @Test
    void theTableHasNoRuleThatThereIsNot() {
        assertThatThrownBy(() -> NodeWriteTable.parse(List.of("= kubelet", "nodes create", "  spec anything")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
