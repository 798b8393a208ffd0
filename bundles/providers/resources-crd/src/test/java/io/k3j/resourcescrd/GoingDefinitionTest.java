package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is served of a definition that goes, and of one that is built in.
class GoingDefinitionTest {
    private static final Struct OBJECT = Struct.of("apiVersion", "b.c/v1", "kind", "Cron", "metadata",
            Struct.of("name", "one", "namespace", "a"));
    private final Definitions definitions = new Definitions(new Schemas());
    private final CustomHooks hooks = new CustomHooks(definitions, Webhooks.none(), Rules.ENGINE);

    private static Obj definition(String group, String plural, String accepted) {
        Struct names = Struct.of("plural", plural, "singular", "cron", "kind", "Cron", "listKind", "CronList");
        Seq versions = Seq.of(
                Struct.of("name", "v1", "served", true, "storage", false, "schema",
                        Struct.of("openAPIV3Schema", Struct.of("type", "object"))),
                Struct.of("name", "v2", "served", false, "storage", true, "schema",
                        Struct.of("openAPIV3Schema", Struct.of("type", "object")), "subresources",
                        Struct.of("status", Struct.EMPTY)));
        return Obj.of(Struct.of("apiVersion", "apiextensions.k8s.io/v1", "kind", "CustomResourceDefinition", "metadata",
                Struct.of("name", plural + "." + group, "finalizers", Seq.of(Definition.FINALIZER)), "spec",
                Struct.of("group", group, "scope", "Namespaced", "names", names, "versions", versions), "status",
                Struct.of("acceptedNames", names.with("plural", accepted), "conditions",
                        Seq.of(Struct.of("type", "Established", "status", "True")))));
    }

    private static Obj deleted(Obj definition) {
        return definition.with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp");
    }

    private Write write(Operation operation) {
        ResourceKind row = definitions.rows().iterator().next();
        return new Write(operation, row, "", new Key("a", "one"), Optional.empty(), Caller.ANONYMOUS, false,
                Struct.EMPTY);
    }

    private void isRefused() {
        for (Runnable asked : new Runnable[] {() -> hooks.prepared(write(Operation.CREATE), OBJECT),
                () -> hooks.problems(write(Operation.CREATE), OBJECT)}) {
            assertThatThrownBy(asked::run)
                    .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(403))
                    .hasMessage("crons.b.c \"one\" is forbidden: create not allowed while custom resource definition"
                            + " is terminating");
        }
    }

    @Test
    void takesNoNewObjectAndLetsThoseThereAreGoUnasked() {
        Obj definition = definition("b.c", "crons", "crons");
        definitions.put(definition);
        assertThat(hooks.prepared(write(Operation.CREATE), OBJECT)).isEqualTo(OBJECT);
        assertThat(hooks.problems(write(Operation.CREATE), OBJECT)).isEmpty();
        assertThat(hooks.unasked(write(Operation.DELETE))).isFalse();
        definitions.put(deleted(definition));
        isRefused();
        assertThat(hooks.prepared(write(Operation.UPDATE), OBJECT)).isEqualTo(OBJECT);
        assertThat(hooks.unasked(write(Operation.DELETE))).isTrue();
        definitions.put(DefinitionStatus.condition(definition,
                new DefinitionStatus.Condition("Terminating", true, "InstanceDeletionInProgress", ""),
                Instant.EPOCH));
        isRefused();
    }

    @Test
    void hasItsStoredVersionForWhoDeletesItsObjectsAndForNobodyElse() {
        Obj definition = definition("b.c", "crons", "crons");
        assertThat(definitions.put(definition)).isTrue();
        assertThat(definitions.rows()).singleElement().satisfies(r -> assertThat(r.verbs()).contains("list"));
        assertThat(definitions.put(deleted(definition))).isTrue();
        ResourceKind stored = definitions.named(definition.name()).flatMap(Definition::storedRow).orElseThrow();
        assertThat(stored.gvk().version()).isEqualTo("v2");
        assertThat(stored.verbs()).isEmpty();
        assertThat(stored.subresources()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"apiextensions.k8s.io,customresourcedefinitions,customresourcedefinitions",
            "apiregistration.k8s.io,apiservices,apiservices", "networking.k8s.io,ingresses,ingresses",
            "apiextensions.k8s.io,others,customresourcedefinitions",
            "apiextensions.k8s.io,customresourcedefinitions,others"})
    void servesNothingWhereItIsBuiltIn(String group, String plural, String accepted) {
        Obj definition = definition(group, plural, accepted);
        for (Obj one : new Obj[] {definition, deleted(definition)}) {
            Definition built = new Definition(one, new Schemas());
            assertThat(built.builtIn()).isTrue();
            assertThat(built.rows()).isEmpty();
            assertThat(built.storedRow()).isEmpty();
        }
    }

    @Test
    void servesAnotherResourceOfAGroupOfKubernetes() {
        Obj definition = definition("networking.k8s.io", "others", "others");
        assertThat(new Definition(definition, new Schemas()).rows()).hasSize(1);
    }
}
