package io.k3j.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Caller;
import io.k3j.celapi.CelAccess;
import io.k3j.celapi.CelBudget;
import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelEvaluation;
import io.k3j.celapi.CelLazy;
import io.k3j.celapi.CelProgram;
import io.k3j.celapi.CelType;
import io.k3j.celapi.CelType.Simple;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Shape;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What expressions see of their callers' values.
class VariablesTest {
    private static final CelType REQUEST = new CelType.Fields("kubernetes.AdmissionRequest",
            Map.of("operation", Simple.STRING, "options", Simple.DYN));
    private static final CelDeclarations POLICY = CelDeclarations.of(Map.of("object", Simple.DYN, "request", REQUEST,
            "authorizer", Simple.AUTHORIZER));
    private static final Struct OBJECT = Struct.of("spec",
            Struct.of("replicas", 3L, "x-y", 1.5, "list", Seq.of("a", "b")), "none", Null.NULL);
    private final AtomicInteger asked = new AtomicInteger();

    private Map<String, Object> values() {
        CelLazy operation = () -> {
            asked.incrementAndGet();
            return CelEvaluation.Value.of("CREATE");
        };
        Authorizer onlyAlice = (caller, what) -> what.verb().equals("explode")
                ? boom()
                : new Authorizer.Decision(caller.user().equals("alice") && what.resource().equals("pods")
                        ? Authorizer.Verdict.ALLOW
                        : Authorizer.Verdict.NO_OPINION, "because of " + caller.user());
        return Map.of("object", OBJECT, "request", Map.of("operation", operation, "options", Null.NULL), "authorizer",
                new CelAccess(Caller.of("alice", List.of()), onlyAlice));
    }

    private static Authorizer.Decision boom() {
        throw new IllegalStateException("away");
    }

    private String tried(String expression) {
        return Tried.result(expression, POLICY, values());
    }

    @Test
    void aFieldIsMentionedHoweverItIsAskedFor() {
        for (String expression : List.of("object.spec == 1", "object.?spec.orValue(1) == 1", "has(object.spec)",
                "[1].all(i, object.?spec == optional.of(i))")) {
            assertThat(Tried.program(expression, POLICY).uses("object", "spec")).as(expression).isTrue();
            assertThat(Tried.program(expression, POLICY).uses("object", "status")).as(expression).isFalse();
        }
    }

    @Test
    void anUntypedObjectIsReadWhereItLies() {
        assertThat(tried("object.spec.replicas <= 5")).isEqualTo("true");
        assertThat(tried("object.spec['x-y'] > 1")).isEqualTo("true");
        assertThat(tried("object.spec.list.exists(l, l == 'b')")).isEqualTo("true");
        assertThat(tried("object.none == null")).isEqualTo("true");
        assertThat(tried("object.spec")).isEqualTo(OBJECT.struct("spec").toString());
        assertThat(tried("object.?spec.?foo.orValue(7)")).isEqualTo("7");
        assertThat(tried("object.spec.foo == 1")).isEqualTo("ERROR: no such key: foo");
        assertThat(tried("object.spec.replicas + ''")).isEqualTo("ERROR: no such overload");
    }

    @Test
    void aFieldThatWasNotDeclaredIsACompileError() {
        assertThat(tried("request.foo")).startsWith(
                "compilation failed: ERROR: <input>:1:8: undefined field 'foo'");
    }

    @Test
    void aLazyValueIsMadeOnceAndOnlyWhenItIsLookedAt() {
        assertThat(tried("object.spec.replicas == 4 && request.operation == 'CREATE'")).isEqualTo("false");
        assertThat(asked).hasValue(0);
        assertThat(tried("request.operation == 'CREATE' && request.operation != 'x'")).isEqualTo("true");
        assertThat(asked).hasValue(1);
    }

    @Test
    void aValueOfOneExpressionCanBeAVariableOfAnother() {
        CelProgram quantity = Tried.program("quantity('1Gi')", POLICY);
        CelEvaluation.Value value = (CelEvaluation.Value) quantity.evaluate(Map.of(), CelBudget.of(100));
        CelDeclarations next = POLICY.with("variables",
                new CelType.Fields("kubernetes.variables", Map.of("q", quantity.type())));
        assertThat(Tried.result("variables.q.isGreaterThan(quantity('1M'))", next,
                Map.of("variables", Map.of("q", value.value())))).isEqualTo("true");
    }

    @Test
    void theAuthorizerIsAsked() {
        assertThat(tried("authorizer.group('').resource('pods').namespace('a').check('get').allowed()"))
                .isEqualTo("true");
        assertThat(tried("authorizer.group('').resource('nodes').check('get').allowed()")).isEqualTo("false");
        assertThat(tried("authorizer.serviceAccount('a', 'b').group('').resource('pods').check('get').reason()"))
                .isEqualTo("because of system:serviceaccount:a:b");
        assertThat(tried("authorizer.group('').resource('pods').check('explode').error()")).isEqualTo("away");
        assertThat(tried("authorizer.path('').check('get').allowed()")).isEqualTo("ERROR: path must not be empty");
    }

    @Test
    void aProgramKnowsWhatItMentions() {
        CelProgram program = Tried.program("has(object.spec) && request.operation == 'CREATE'", POLICY);
        assertThat(program.uses("object")).isTrue();
        assertThat(program.uses("request", "operation")).isTrue();
        assertThat(program.uses("authorizer")).isFalse();
        assertThat(program.uses("request", "options")).isFalse();
    }

    @Test
    void aMutatingExpressionMakesObjectsNamedAfterTheirPlace() {
        CelDeclarations mutating = POLICY.mutating(Shape.ANY);
        assertThat(Tried.result("Object{spec: Object.spec{replicas: object.spec.replicas + 1}}", mutating, values()))
                .isEqualTo("{spec: {replicas: 4}}");
        assertThat(Tried.result("[JSONPatch{op: 'add', path: '/a', value: Object.spec{a: 1}}]", mutating, values()))
                .isEqualTo("[{op: add, path: /a, value: {a: 1}}]");
        assertThatThrownBy(() -> Tried.result("Object{spec: Object.foo{a: 1}}", mutating, values()))
                .hasMessage("unexpected type name \"Object.foo\", expected \"Object.spec\", which matches field name"
                        + " path from root Object type");
        assertThat(Tried.result("JSONPatch{op: 1}", mutating, values())).contains(
                "expected type of field 'op' is 'string' but provided type is 'int'");
    }
}
