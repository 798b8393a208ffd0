package io.k3j.cel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelType;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import io.k3j.schema.Structural;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Values that a schema types.
class ShapedTest {
    private static final Schemas SCHEMAS = new Schemas();

    private static Struct type(String name) {
        return Struct.of("type", name);
    }

    private static Struct format(String format) {
        return type("string").with("format", format);
    }

    private static Struct list(String kind, Struct items) {
        return type("array").with("x-kubernetes-list-type", kind).with("items", items);
    }

    private static Struct object(Object... properties) {
        return type("object").with("properties", Struct.of(properties));
    }

    private static final Struct PORT = object("name", type("string"), "port", type("integer"));
    private static final Shape SHAPE = Structural.shape(SCHEMAS, object("a-b", type("string"), "c.d", type("integer"),
            "e/f", type("string"), "g__h", type("string"), "namespace", type("string"), "7up", type("string"),
            "intOrString", Struct.of("x-kubernetes-int-or-string", true), "quantity", type("string"), "number",
            type("number"), "when", format("date-time"), "day", format("date"), "wait", format("duration"), "bytes",
            format("byte"), "map", type("object").with("additionalProperties",
                    type("object").with("additionalProperties", type("integer"))),
            "set", list("set", type("string")), "ports", list("map", PORT).with("x-kubernetes-list-map-keys",
                    Seq.of("name")),
            "plain", type("array").with("items", type("integer")), "nullable", type("string").with("nullable", true),
            "inner", object("deep", object("x", type("integer"))), "free", Struct.of(
                    "x-kubernetes-preserve-unknown-fields", true)));
    private static final Struct VALUE = Struct.of("apiVersion", "a.com/v1", "kind", "A", "metadata",
            Struct.of("name", "n", "labels", Struct.of("l", "1")), "a-b", "dash", "c.d", 3L, "e/f", "slash", "g__h",
            "underscores", "namespace", "ns", "intOrString", "50%", "quantity", "1500m", "number", 2L, "when",
            "2026-01-02T03:04:05Z", "day", "2026-01-02", "wait", "1h30m", "bytes", "aGk=", "map",
            Struct.of("x", Struct.of("y", 7L)), "set", Seq.of("a", "b"), "ports",
            Seq.of(Struct.of("name", "http", "port", 80L), Struct.of("name", "dns", "port", 53L)), "plain",
            Seq.of(1L, 2L), "nullable", Null.NULL, "inner", Struct.of("deep", Struct.of()), "free",
            Struct.of("any", 1L));

    private static String result(String expression) {
        return Tried.result(expression, CelDeclarations.of(Map.of("self", new CelType.Shaped("Object", SHAPE, true),
                "oldSelf", new CelType.OptionalOf(new CelType.Shaped("Object", SHAPE, true)))),
                Map.of("self", VALUE, "oldSelf", Optional.of(VALUE)));
    }

    private static void holds(String expression) {
        assertThat(result(expression)).as(expression).isEqualTo("true");
    }

    private static void unknown(String expression) {
        assertThat(result(expression)).as(expression).startsWith("compilation failed: ERROR: <input>:1:")
                .contains("undefined field");
    }

    @Test
    void fieldsAreNamedByWhatTheyAreEscapedTo() {
        holds("self.a__dash__b == 'dash' && self.c__dot__d == 3 && self.e__slash__f == 'slash'");
        holds("self.g__underscores__h == 'underscores' && self.__namespace__ == 'ns'");
        unknown("self.a_b == ''");
        unknown("self.free.any == 1");
    }

    @Test
    void ofMetadataOnlyNamesAreSeen() {
        holds("self.metadata.name == 'n' && !has(self.metadata.generateName)");
        unknown("self.metadata.labels.l == '1'");
        holds("self.apiVersion == 'a.com/v1' && self.kind == 'A'");
    }

    @Test
    void whatMayBeTwoTypesIsKnownWhenItIsEvaluated() {
        holds("type(self.intOrString) == int ? self.intOrString < 5 : self.intOrString == '50%'");
        assertThat(result("self.intOrString > 5")).isEqualTo("ERROR: no such overload");
    }

    @Test
    void numbersQuantitiesTimesAndBytesAreWhatTheSchemaSays() {
        holds("self.number / 4.0 == 0.5");
        holds("quantity(self.quantity).isLessThan(quantity('2'))");
        holds("self.when.getFullYear() == 2026 && self.when > timestamp('2025-01-01T00:00:00Z')");
        holds("self.day == timestamp('2026-01-02T00:00:00Z')");
        holds("self.wait == duration('90m') && self.when + self.wait > self.when");
        holds("self.bytes == b'hi'");
        assertThat(result("self.quantity > 1")).contains("no matching overload");
    }

    @Test
    void whatIsOptionalIsAskedFor() {
        holds("has(self.inner.deep) && !has(self.inner.deep.x)");
        assertThat(result("self.inner.deep.x > 1")).isEqualTo("ERROR: no such key: x");
        holds("self.inner.deep.?x.orValue(4) == 4 && oldSelf.hasValue() && oldSelf.value().c__dot__d == 3");
        holds("self.?inner.?deep.?x.hasValue() == false");
        holds("!has(self.nullable)");
        assertThat(result("self.nullable == null"))
                .contains("no matching overload for '_==_' applied to '(string, null)'");
    }

    @Test
    void mapsHoldWhatTheirKeysName() {
        holds("self.map['x'].y == 7 && 'x' in self.map && self.map.all(k, self.map[k].y > 1)");
        holds("self.map == {'x': {'y': 7}}");
    }

    @Test
    void setsAndMapsAreTheSameInAnyOrder() {
        holds("self.set == ['b', 'a']");
        holds("self.plain != [2, 1]");
        holds("oldSelf.value().ports == self.ports");
        assertThat(Tried.result("self.ports == other.ports", CelDeclarations.of(Map.of("self",
                new CelType.Shaped("Object", SHAPE, true), "other", new CelType.Shaped("Object", SHAPE, true))),
                Map.of("self", VALUE, "other", VALUE.with("ports", Seq.of(VALUE.seq("ports").get(1),
                        VALUE.seq("ports").get(0))))))
                .isEqualTo("true");
    }

    @Test
    void listsAreAddedByWhatTheirElementsAre() {
        holds("(self.set + ['b', 'c']) == ['a', 'b', 'c']");
        holds("self.plain + [2] == [1, 2, 2]");
        Struct more = VALUE.with("ports", Seq.of(Struct.of("name", "dns", "port", 54L), Struct.of("name", "new",
                "port", 1L)));
        assertThat(Tried.result("(self.ports + other.ports).map(p, p.name + string(p.port))", CelDeclarations.of(Map.of(
                "self", new CelType.Shaped("Object", SHAPE, true), "other",
                new CelType.Shaped("Object", SHAPE, true))), Map.of("self", VALUE, "other", more)))
                .isEqualTo(Seq.of("http80", "dns54", "new1").toString());
    }

    private static String both(String expression, Struct self, Struct old) {
        CelType type = new CelType.Shaped("Object", SHAPE, true);
        return Tried.result(expression, CelDeclarations.of(Map.of("self", type, "oldSelf", type)),
                Map.of("self", self, "oldSelf", old));
    }

    /// As transition rules and policies compare them.
    @Test
    void anObjectIsTheSameAsItselfWhateverItsFieldsAreCalled() {
        assertThat(both("self == oldSelf", VALUE, VALUE.with("nullable", Null.NULL))).isEqualTo("true");
        assertThat(both("self == oldSelf", VALUE.with("g__h", "other"), VALUE)).isEqualTo("false");
        assertThat(both("self == oldSelf", VALUE.with("nullable", "x"), VALUE)).isEqualTo("false");
        assertThat(both("self == oldSelf", VALUE, VALUE.with("nullable", "x"))).isEqualTo("false");
        assertThat(both("self == oldSelf", VALUE.without("c.d"), VALUE)).isEqualTo("false");
        assertThat(both("self.inner == oldSelf.inner", VALUE.withAt(1L, "inner", "x"), VALUE))
                .as("what nobody declared")
                .isEqualTo("false");
        assertThat(both("self == oldSelf", VALUE.withAt("2", "metadata", "labels", "l"), VALUE)).isEqualTo("false");
        CelDeclarations untyped = CelDeclarations.of(Map.of("object", CelType.Simple.DYN, "oldObject",
                CelType.Simple.DYN));
        assertThat(Tried.result("object == oldObject && object.nullable == null", untyped,
                Map.of("object", VALUE, "oldObject", VALUE))).isEqualTo("true");
    }

    @Test
    void whatHasNoSchemaIsNotSeenThroughDynEither() {
        assertThat(result("dyn(self).metadata.labels")).isEqualTo("ERROR: no such key: labels");
        holds("!has(dyn(self).metadata.labels) && dyn(self).metadata.name == 'n'");
        assertThat(result("dyn(self).free.any")).isEqualTo("ERROR: no such overload");
        holds("dyn(self).free == dyn(oldSelf.value()).free");
        assertThat(result("dyn(self).all(k, k != 'a-b' && k != 'nullable')")).isEqualTo("true");
        assertThat(both("dyn(self).free == dyn(oldSelf).free", VALUE, VALUE.withAt(2L, "free", "any")))
                .isEqualTo("false");
        Struct more = VALUE.with("unknown", 1L);
        assertThat(both("dyn(self).unknown", more, more)).isEqualTo("ERROR: no such key: unknown");
    }

    @Test
    void elementsThatAreThereTwiceAreNoSetOfTheOthers() {
        assertThat(both("self.set == oldSelf.set", VALUE.with("set", Seq.of("a", "a")), VALUE)).isEqualTo("false");
        assertThat(both("self.set == oldSelf.set", VALUE, VALUE.with("set", Seq.of("a", "a"))))
                .as("as upstream: each of the second is in the first").isEqualTo("true");
        assertThat(both("self.ports == oldSelf.ports", VALUE, VALUE.with("ports", Seq.of(
                Struct.of("name", "http", "port", 81L), Struct.of("name", "dns", "port", 53L))))).isEqualTo("false");
        holds("(self.set + ['c', 'c']) == ['c', 'b', 'a']");
    }

    /// With steps for each pair they ran out at 6300 elements.
    @Test
    void largeSetsAndMapsAreComparedAndAddedInTimeOfTheirLength() {
        Seq set = Seq.copyOf(IntStream.range(0, 50_000).mapToObj(i -> "e" + i).toList());
        Seq ports = Seq.copyOf(IntStream.range(0, 50_000)
                .mapToObj(i -> Struct.of("name", "e" + i, "port", (long) i)).toList());
        Struct large = VALUE.with("set", set).with("ports", ports);
        Struct reversed = VALUE.with("set", Seq.copyOf(set.stream().toList().reversed()))
                .with("ports", Seq.copyOf(ports.stream().toList().reversed()));
        assertThat(both("self.set == oldSelf.set && self.ports == oldSelf.ports && (self.set + oldSelf.set).size() =="
                + " 50000 && (self.ports + oldSelf.ports).size() == 50000", large, reversed)).isEqualTo("true");
    }

    @Test
    void durationsAreReadAsTheSchemaTakesThem() {
        assertThat(both("self.wait == duration('72h') && oldSelf.wait == duration('336h')", VALUE.with("wait", "3d"),
                VALUE.with("wait", "2 weeks"))).isEqualTo("true");
    }

    @Test
    void whatIsOfAnotherTypeThanDeclaredFails() {
        Struct one = Struct.of("x", 1L);
        assertThat(both("self.plain.all(e, true)", VALUE.with("plain", one), VALUE)).isEqualTo(
                "ERROR: invalid data, expected an array for the provided schema with type=array");
        assertThat(both("self.map.all(e, true)", VALUE.with("map", Seq.of("x")), VALUE)).isEqualTo(
                "ERROR: invalid data, expected a map for the provided schema with type=object");
        assertThat(both("self.quantity == oldSelf.quantity", VALUE.with("quantity", one), VALUE)).startsWith(
                "ERROR: invalid data");
        assertThat(both("self.intOrString == 1", VALUE.with("intOrString", one), VALUE)).isEqualTo(
                "ERROR: invalid data, expected XIntOrString value to be either a string or integer");
    }

    @Test
    void mapsWhoseValuesHaveNoTypeAreNoFields() {
        Shape shape = Structural.shape(SCHEMAS, object("map", type("object").with("additionalProperties",
                Struct.of("x-kubernetes-preserve-unknown-fields", true)), "free",
                type("object")
                        .with("additionalProperties", true)));
        CelDeclarations self = CelDeclarations.of(Map.of("self", new CelType.Shaped("Object", shape, true)));
        assertThat(Tried.result("has(self.map)", self, Map.of())).contains("undefined field 'map'");
        assertThat(Tried.result("has(self.free) && dyn(self).free.all(k, false)", self, Map.of("self",
                Struct.of("free", Struct.of("a", 1L))))).isEqualTo("true");
    }
}
