package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.admissioncel.BoundEngine;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.cel.CelService;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.codec.Yaml;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.testkit.HostileRequest;
import io.k3j.testkitobjects.ObjectServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// `x-kubernetes-validations` when custom resources are written, from a request's body to the store.
class ValidationRulesTest {
    private static final String PATH = "/apis/a.com/v1/namespaces/n/tests";
    private static final String ROOT = "spec: Invalid value: ";
    private final Definitions definitions = new Definitions(new Schemas());
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicLong step = new AtomicLong();
    private final AtomicLong clock = new AtomicLong();
    private final RuleEngine engine = Rules.engine(() -> {
        asked.incrementAndGet();
        return Rules.BOUND;
    }, () -> clock.addAndGet(step.get()));
    private final CustomHooks hooks = new CustomHooks(definitions, Webhooks.none(), engine);
    private ObjectServer server;

    private void define(String properties, String rules) {
        String text = """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: tests.a.com}
                spec:
                  group: a.com
                  conversion: {strategy: None}
                  scope: Namespaced
                  names: {plural: tests, singular: test, kind: Test, listKind: TestList}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    subresources: {status: {}}
                    schema: {openAPIV3Schema: {type: object, x-kubernetes-validations: %s, properties: %s}}
                """.formatted(rules, properties);
        Struct definition = yaml(text);
        // what is estimated to cost too much may be stored from before
        assertThat(new DefinitionProblems(Struct.EMPTY, definition, Rules.with()).all())
                .filteredOn(p -> !p.toString().contains("estimated")).isEmpty();
        definitions.put(DefinitionStatus.of(Obj.of(definition), List.of(), Instant.EPOCH));
        server = new ObjectServer(ObjectServer.PLENTY,
                new ObjectServer.Serving(definitions.rows(), List.of(hooks), List.of(), false));
    }

    /// A `spec` of one field, with one rule.
    private void spec(String field, String rule) {
        define("{spec: {type: object, properties: {" + field + "}, x-kubernetes-validations: [" + rule + "]}}", "[]");
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    private static Struct yaml(String text) {
        return Yaml.document(text.getBytes(StandardCharsets.UTF_8)).object();
    }

    private static byte[] object(String rest) {
        return Json.bytes(yaml("{apiVersion: a.com/v1, kind: Test, metadata: {name: x}, " + rest + "}"));
    }

    private List<String> create(String rest) throws IOException {
        return told(server.serve(new HostileRequest("POST", PATH, "application/json", object(rest))));
    }

    private List<String> update(String rest) throws IOException {
        return told(server.serve(new HostileRequest("PUT", PATH + "/x", "application/json", object(rest))));
    }

    /// Nothing when it was written.
    private static List<String> told(String answer) {
        if (answer.equals("200")) {
            return List.of();
        }
        assertThat(answer).startsWith("422 ");
        List<String> all = new ArrayList<>();
        Json.object(answer.substring(4).getBytes(StandardCharsets.UTF_8)).struct("details").seq("causes").structs()
                .forEach(c -> all.add(c.text("field") + ": " + c.text("message")));
        return all;
    }

    private Struct stored() {
        return server.stored(Gvr.of("a.com/v1", "tests"), new Key("n", "x")).orElseThrow().tree();
    }

    @Test
    void aRuleRefusesWhatIsCreatedUpdatedPatchedAndAppliedAlsoWhenItIsOnlyTried() throws IOException {
        spec("replicas: {type: integer}, max: {type: integer}",
                "{rule: self.replicas <= self.max, message: too many}");
        String refused = ROOT + "too many";
        assertThat(create("spec: {replicas: 4, max: 3}")).containsExactly("spec: Invalid value: too many");
        assertThat(create("spec: {replicas: 3, max: 3}")).isEmpty();
        assertThat(update("spec: {replicas: 4, max: 3}")).containsExactly(refused);
        assertThat(told(server.serve(new HostileRequest("PATCH", PATH + "/x", "application/merge-patch+json",
                Json.bytes(yaml("{spec: {max: 2}}")))))).containsExactly(refused);
        assertThat(told(server.serve(new HostileRequest("PATCH", PATH + "/x?fieldManager=me&force=true",
                "application/apply-patch+yaml", object("spec: {max: 2}"))))).containsExactly(refused);
        assertThat(told(server.serve(new HostileRequest("PUT", PATH + "/x?dryRun=All", "application/json",
                object("spec: {replicas: 9, max: 3}"))))).containsExactly(refused);
        assertThat(stored().struct("spec")).isEqualTo(Struct.of("replicas", 3L, "max", 3L));
    }

    @Test
    void rulesStandAtEveryLevelAndTellWhere() throws IOException {
        define("""
                {metadata: {type: object, properties: {name: {type: string, maxLength: 5,
                    x-kubernetes-validations: [{rule: "self.startsWith('x')"}]}}},
                 items: {type: array, items: {type: object, properties: {'n': {type: integer,
                    x-kubernetes-validations: [{rule: self > 0, message: must be positive}]}}}},
                 map: {type: object, additionalProperties: {type: string, x-kubernetes-validations: [
                    {rule: "self != 'bad'", messageExpression: "'not ' + self", reason: FieldValueForbidden}]}},
                 inner: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true,
                    x-kubernetes-validations: [{rule: "self.kind == 'Pod' && self.metadata.name != 'no'",
                    message: only pods}]}}
                """, "[{rule: self.metadata.name.size() < 6}, {rule: '!has(self.items) || size(self.items) < 3'}]");
        assertThat(create("items: [{'n': 1}, {'n': 0}], map: {a: good, b: bad}, inner: {apiVersion: v1, kind: Node,"
                + " metadata: {name: 'y'}}"))
                .containsExactlyInAnyOrder("items[1].n: Invalid value: 0: must be positive",
                        "map[b]: Forbidden: not bad", "inner: Invalid value: only pods");
        assertThat(create("items: [{}, {}, {}]")).containsExactly(
                "<nil>: Invalid value: failed rule: !has(self.items) || size(self.items) < 3");
        assertThat(told(server.serve(new HostileRequest("POST", PATH, "application/json", Json.bytes(
                yaml("{apiVersion: a.com/v1, kind: Test, metadata: {name: 'y'}}")))))).containsExactly(
                        "metadata.name: Invalid value: \"y\": failed rule: self.startsWith('x')");
        assertThat(create("items: []")).isEmpty();
    }

    @Test
    void aTransitionRuleWaitsForAValueBefore() throws IOException {
        define("""
                {fixed: {type: string, x-kubernetes-validations: [{rule: self == oldSelf, message: is immutable}]},
                 list: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k], items: {type: object,
                   required: [k], properties: {k: {type: string}, v: {type: integer}},
                   x-kubernetes-validations: [{rule: self.v >= oldSelf.v, message: may only grow, fieldPath: .v}]}},
                 maybe: {type: integer, x-kubernetes-validations: [{optionalOldSelf: true,
                   rule: "oldSelf.hasValue() ? self > oldSelf.value() : self == 1", message: counts up from 1}]}}
                """, "[]");
        assertThat(create("maybe: 2")).containsExactly("maybe: Invalid value: 2: counts up from 1");
        assertThat(create("maybe: 1, list: [{k: a, v: 5}, {k: b, v: 1}]")).isEmpty();
        assertThat(update("maybe: 2, fixed: a, list: [{k: b, v: 1}, {k: a, v: 6}, {k: c, v: 0}]"))
                .as("elements are found by their keys, new ones and new fields are not compared").isEmpty();
        assertThat(update("maybe: 2, fixed: b, list: [{k: a, v: 5}]")).containsExactlyInAnyOrder(
                "maybe: Invalid value: 2: counts up from 1", "fixed: Invalid value: \"b\": is immutable",
                "list[0].v: Invalid value: may only grow");
    }

    @Test
    void reasonsAreThoseOfTheRule() throws IOException {
        spec("a: {type: string}", "{rule: 'false', reason: FieldValueRequired, fieldPath: .a, message: want a},"
                + " {rule: 'false', reason: FieldValueDuplicate},"
                + " {rule: 'false', messageExpression: \"''\", message: plain}");
        assertThat(create("spec: {a: x}")).containsExactly("spec.a: Required value: want a", "spec: Duplicate value",
                "spec: Invalid value: plain");
    }

    @Test
    void aRuleThatFailsTellsSo() throws IOException {
        spec("a: {type: integer}, s: {x-kubernetes-int-or-string: true}",
                "{rule: 10 / self.a > 1}, {rule: 'self.s > 1', message: s}");
        assertThat(create("spec: {a: 0, s: text}")).containsExactly(
                "spec: Invalid value: \"object\": division by zero evaluating rule: 10 / self.a > 1",
                "spec: Invalid value: \"object\": 'no such overload': call arguments did not match a supported"
                        + " operator, function or macro signature for rule: s");
        assertThat(create("spec: {s: 2}")).containsExactly(
                "spec: Invalid value: \"object\": no such key: a evaluating rule: 10 / self.a > 1");
    }

    @Test
    void whatIsWrongInItsStructureIsNotAsked() throws IOException {
        spec("a: {type: integer}", "{rule: self.a > 1}");
        assertThat(create("spec: {a: text}")).containsExactly(
                "spec.a: Invalid value: \"string\": spec.a in body must be"
                        + " of type integer: \"string\"",
                "<nil>: Invalid value: null: some validation rules were not checked"
                        + " because the object was invalid; correct the existing errors to complete validation");
    }

    private Struct before(String rest) {
        return yaml(
                "{apiVersion: a.com/v1, kind: Test, metadata: {name: x, namespace: 'n', uid: u, resourceVersion: '1',"
                        + " creationTimestamp: '2026-01-01T00:00:00Z'}, " + rest + "}");
    }

    private List<String> changed(String subresource, Struct before, Struct after) {
        return hooks.problems(new Write(Operation.UPDATE, definitions.rows().iterator().next(), subresource,
                new Key("n", "x"), Optional.of(before), Caller.ANONYMOUS, false, Struct.EMPTY), after).stream()
                .map(FieldProblem::toString).toList();
    }

    @Test
    void whatWasWrongBeforeAndDidNotChangeIsNotRefused() {
        define("""
                {spec: {type: object, properties: {a: {type: integer, x-kubernetes-validations: [{rule: self < 5}]},
                   b: {type: string, pattern: ^x}, c: {type: string}, set: {type: array, items: {type: string},
                   x-kubernetes-list-type: set}}}}
                """, "[]");
        Struct before = before("spec: {a: 9, b: 'no', c: one, set: [q, q]}");
        assertThat(changed("", before, before.withAt("two", "spec", "c"))).isEmpty();
        assertThat(changed("", before, before.withAt(8L, "spec", "a"))).containsExactly(
                "spec.a: Invalid value: 8: failed rule: self < 5");
        assertThat(changed("", before, before.withAt("nope", "spec", "b"))).containsExactly(
                "spec.b: Invalid value: \"nope\": spec.b in body should match '^x'");
        assertThat(changed("", before("spec: {c: one}"), before)).hasSize(3);
    }

    @Test
    void whatIsOfAnotherTypeThanNowDeclaredIsAFailureOfTheRuleOnly() {
        spec("a: {type: integer}, l: {type: array, items: {type: string}}, c: {type: string}",
                "{rule: self.a + 1 > 5}, {rule: \"self.l.all(x, x.size() > 0)\"}, {rule: \"self.c != 'x'\"}");
        Struct before = before("spec: {a: text, l: {x: 1}, c: w}");
        assertThat(changed("", before, before.withAt("x", "spec", "c"))).hasSize(3)
                .anyMatch(s -> s.contains("no such overload"))
                .contains("spec: Invalid value: failed rule: self.c != 'x'");
    }

    @Test
    void aWriteOfTheStatusIsJudgedByTheStatusAndByAllRules() {
        define("""
                {spec: {type: object, properties: {a: {type: string, pattern: ^x}}},
                 status: {type: object, properties: {'n': {type: integer, maximum: 9,
                   x-kubernetes-validations: [{rule: self >= oldSelf, message: grows}]}}}}
                """, "[{rule: '!has(self.status) || self.status.n != 5', message: not five}]");
        Struct before = before("spec: {a: old}, status: {'n': 3}");
        assertThat(changed("status", before, before.withAt(4L, "status", "n"))).isEmpty();
        assertThat(changed("status", before, before.withAt(10L, "status", "n"))).containsExactly(
                "status.n: Invalid value: 10: status.n in body should be less than or equal to 9");
        assertThat(changed("status", before, before.withAt(2L, "status", "n"))).containsExactly(
                "status.n: Invalid value: 2: grows");
        assertThat(changed("status", before, before.withAt(5L, "status", "n"))).containsExactly(
                "<nil>: Invalid value: not five");
    }

    @Test
    void costsEndTheValidation() throws IOException {
        spec("list: {type: array, items: {type: integer}}",
                "{rule: \"self.list.all(x, self.list.all(y, self.list.all(z, x + y + z >= 0)))\", message: slow}");
        String list = "spec: {list: " + new ArrayList<>(Collections.nCopies(200, 1)) + "}";
        assertThat(create(list)).containsExactly("spec: Invalid value: \"object\": 'operation cancelled: actual cost"
                + " limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule:"
                + " slow");
        server.close();
        define("{list: {type: array, items: {type: object, properties: {all: {type: array, items: {type: integer}}},"
                + " x-kubernetes-validations: [{rule: \"self.all.all(x, self.all.all(y, x + y > 0))\"}]}}}", "[]");
        String all = "{all: " + new ArrayList<>(Collections.nCopies(300, 1)) + "}";
        assertThat(create("list: " + new ArrayList<>(Collections.nCopies(40, all)))).singleElement()
                .asString()
                .endsWith("]: Invalid value: \"object\": validation failed due to running out of cost budget,"
                        + " no further validation rules will be run");
    }

    @Test
    void failuresAreToldUpToABound() throws IOException {
        define("{list: {type: array, items: {type: integer, x-kubernetes-validations: [{rule: self > 1}]}}}", "[]");
        assertThat(create("list: " + new ArrayList<>(Collections.nCopies(5_000, 1)))).hasSize(100);
    }

    @Test
    void withoutRulesNobodyAsksForTheEngineAndWithoutTheEngineNothingPasses() throws IOException {
        define("{spec: {type: object, properties: {a: {type: integer}}}}", "[]");
        assertThat(create("spec: {a: 1}")).isEmpty();
        assertThat(asked).hasValue(0);
        server.close();
        spec("a: {type: integer}", "{rule: self.a > 1}");
        CustomHooks alone = new CustomHooks(definitions, Webhooks.none(), Rules.NONE);
        Write write = new Write(Operation.CREATE, definitions.rows().iterator().next(), "", new Key("n", "x"),
                Optional.empty(), Caller.ANONYMOUS, false, Struct.EMPTY);
        assertThatThrownBy(() -> alone.problems(write, before("spec: {a: 2}"))).isInstanceOfSatisfying(ApiFault.class,
                f -> assertThat(f.code()).isEqualTo(503));
    }

    @Test
    void rulesAreCompiledOnceAsLongAsTheirVersionStays() {
        spec("a: {type: integer}", "{rule: self.a > 1}");
        Definition first = definitions.named("tests.a.com").orElseThrow();
        VersionRules rules = first.rules(definitions.rows().iterator().next().gvk());
        RuleNode compiled = rules.by(Rules.ENGINE, "");
        definitions.put(first.object().with("later", "metadata", "annotations", "touched"));
        VersionRules kept = definitions.named("tests.a.com").orElseThrow().rules(first.rows().keySet().iterator()
                .next());
        assertThat(kept).isSameAs(rules);
        assertThat(kept.by(Rules.ENGINE, "")).isSameAs(compiled);
        assertThat(kept.by(Rules.engine(() -> new BoundEngine(new CelService()), System::nanoTime), ""))
                .as("by another engine").isNotSameAs(compiled);
    }

    @Test
    void compilingGoesOnWhereTheTimeOfOneRequestWasOver() {
        spec("a: {type: integer}", "{rule: self.a > 1}, {rule: self.a > 2}, {rule: self.a > 3}");
        VersionRules rules = rules();
        step.set(RuleEngine.COMPILING.toNanos() / 2);
        assertThatThrownBy(() -> rules.by(engine, "")).isInstanceOfSatisfying(ApiFault.class,
                f -> assertThat(f.code()).isEqualTo(504));
        assertThatThrownBy(() -> rules.by(engine, "")).isInstanceOf(ApiFault.class);
        assertThat(rules.by(engine, "").fields().get("spec").rules()).hasSize(3);
    }

    /// As a mistake of the engine would.
    @Test
    void whatCannotBeCompiledIsNotTriedAgainWithEachWrite() {
        spec("a: {type: integer}", "{rule: self.a > 1}");
        AtomicInteger tried = new AtomicInteger();
        BoundEngine broken = new BoundEngine(declarations -> {
            tried.incrementAndGet();
            throw new IllegalStateException("mistake");
        });
        CustomHooks alone = new CustomHooks(definitions, Webhooks.none(), Rules.engine(() -> broken,
                System::nanoTime));
        for (int i = 0; i < 3; i++) {
            assertThat(alone.problems(creation(), before("spec: {a: 2}"))).singleElement().asString().contains(
                    "rule compile error: internal error");
        }
        assertThat(tried).hasValue(1);
    }

    private VersionRules rules() {
        return Objects.requireNonNull(definitions.named("tests.a.com").orElseThrow()
                .rules(definitions.rows().iterator().next().gvk()));
    }

    private Write creation() {
        return new Write(Operation.CREATE, definitions.rows().iterator().next(), "", new Key("n", "x"),
                Optional.empty(), Caller.ANONYMOUS, false, Struct.EMPTY);
    }

    @Test
    void aDefinitionThatIsGoneLetsNothingPassUnseen() {
        spec("a: {type: integer}", "{rule: self.a > 1}");
        Write write = creation();
        definitions.remove("tests.a.com");
        assertThatThrownBy(() -> hooks.problems(write, before("spec: {a: 1}"))).isInstanceOfSatisfying(ApiFault.class,
                f -> assertThat(f.code()).isEqualTo(503));
    }

    @Test
    void theRulesOfOneObjectTakeBoundedTimeHoweverLittleTheyCost() {
        spec("a: {type: integer}", "{rule: 'true'}, {rule: 'true', message: second}, {rule: 'true', message: third}");
        rules().by(engine, "");
        step.set(RuleEngine.EVALUATING.toNanos() / 2);
        assertThat(changed("", before("spec: {a: 1}"), before("spec: {a: 2}"))).containsExactly(
                "spec: Invalid value: \"object\": operation interrupted evaluating rule: second");
    }

    @Test
    void anObjectWithFieldsThatAreNullOrNamedOddlyIsTheSameAsItself() {
        define("{spec: {type: object, properties: {a: {type: integer, nullable: true}, b__c: {type: integer}, d-e: {type:"
                + " string}, free: {x-kubernetes-preserve-unknown-fields: true}},"
                + " x-kubernetes-validations: [{rule: self == oldSelf, message: is immutable}]},"
                + " other: {type: integer}}", "[]");
        Struct before = before("spec: {a: null, b__c: 1, d-e: x, free: {u: 1}}, other: 1");
        assertThat(changed("", before, before.with("other", 2L))).isEmpty();
        for (String change : List.of("a: 1, b__c: 1, d-e: x, free: {u: 1}", "a: null, b__c: 2, d-e: x, free: {u: 1}",
                "a: null, b__c: 1, d-e: z, free: {u: 1}", "a: null, b__c: 1, d-e: x, free: {u: 2}")) {
            assertThat(changed("", before, before("spec: {" + change + "}, other: 1"))).as(change)
                    .containsExactly("spec: Invalid value: is immutable");
        }
    }

    @Test
    void aMessageThatCostsTooMuchIsToldWhereItsRuleBlamesAndOnlyOfWhatHasChanged() {
        spec("list: {type: array, items: {type: integer}}, b: {type: integer}",
                "{rule: 'size(self.list) < 3', fieldPath: .list, messageExpression: \"self.list.all(x, self.list.all(y,"
                        + " self.list.all(z, x + y + z >= 0))) ? 'a' : 'b'\"}");
        Struct before = before("spec: {b: 1, list: " + new ArrayList<>(Collections.nCopies(200, 1)) + "}");
        assertThat(changed("", before, before.withAt(2L, "spec", "b"))).singleElement().asString().startsWith(
                "spec.list: Invalid value: \"object\": no further validation rules will be run due to call cost exceeds"
                        + " limit for messageExpression: ");
        assertThat(changed("", before, before.with("other", 2L))).isEmpty();
    }

    @Test
    void aRuleOfATypeIsNeverLeftOutForWhatHasNotChanged() {
        define("{kind: {type: string, x-kubernetes-validations: [{rule: \"self == 'Other'\", message: other}]},"
                + " spec: {type: object, properties: {kind: {type: string, x-kubernetes-validations: [{rule: \"self =="
                + " 'Other'\"}]}}}}", "[]");
        Struct before = before("spec: {kind: Wrong}");
        assertThat(changed("", before, before)).containsExactly("kind: Invalid value: \"Test\": other");
    }
}
