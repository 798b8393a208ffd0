package io.k3j.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManagedFieldsTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.5Z");
    private static final Instant LATER = NOON.plusSeconds(60);
    private final Shape deployment = new Schemas().shape(Gvk.of("apps/v1", "Deployment")).orElseThrow();

    private static Manager by(String name) {
        return new Manager(name, "apps/v1", "");
    }

    private static Struct web(Object... spec) {
        return Struct.of("apiVersion", "apps/v1", "kind", "Deployment", "metadata",
                Struct.of("name", "web", "labels", Struct.of("app", "web")), "spec", Struct.of(spec));
    }

    private static Struct containers(Object... containers) {
        return Struct.of("spec", Struct.of("containers", Seq.of(containers)));
    }

    private static Struct container(String name, Object... more) {
        return Struct.builder().put("name", name).build().withAt(more[1], (String) more[0]);
    }

    private Struct apply(Struct live, Struct wanted, String manager, boolean force) {
        return ManagedFields.applied(deployment, live, wanted, by(manager), force, NOON);
    }

    private static Struct entry(Struct object, String manager) {
        return object.struct("metadata").seq("managedFields").find("manager", manager);
    }

    @Test
    void writesTheEntryOfACreator() {
        Struct made = ManagedFields.updated(deployment, Struct.EMPTY,
                web("replicas", 1, "template", containers(container("a", "image", "a:1"))), by("kubectl-create"), NOON);
        assertThat(entry(made, "kubectl-create"))
                .isEqualTo(Struct.of("manager", "kubectl-create", "operation", "Update",
                        "apiVersion", "apps/v1", "time", "2026-01-01T12:00:00Z", "fieldsType", "FieldsV1", "fieldsV1",
                        Struct.of("f:metadata",
                                Struct.of("f:labels", Struct.of(".", Struct.EMPTY, "f:app", Struct.EMPTY)), "f:spec",
                                Struct.of("f:replicas", Struct.EMPTY, "f:template",
                                        Struct.of("f:spec", Struct.of("f:containers", Struct.of("k:{\"name\":\"a\"}",
                                                Struct.of(".", Struct.EMPTY, "f:image", Struct.EMPTY, "f:name",
                                                        Struct.EMPTY))))))));
    }

    @Test
    void ownsAlsoWhatIsAlwaysWrittenInANewElement() {
        Struct made = ManagedFields.updated(deployment, Struct.EMPTY, web("template",
                containers(container("a", "resources", Struct.of("limits", Struct.of("cpu", "1"))))), by("one"), NOON);
        assertThat(entry(made, "one").struct("fieldsV1").struct("f:spec").struct("f:template").struct("f:spec")
                .struct("f:containers").struct("k:{\"name\":\"a\"}").struct("f:resources"))
                .isEqualTo(Struct.of(".", Struct.EMPTY, "f:limits",
                        Struct.of(".", Struct.EMPTY, "f:cpu", Struct.EMPTY)));
    }

    @Test
    void givesAChangedFieldToItsWriter() {
        Struct made = ManagedFields.updated(deployment, Struct.EMPTY, web("replicas", 1, "paused", true), by("one"),
                NOON);
        Struct scaled = ManagedFields.updated(deployment, made, made.withAt(3, "spec", "replicas"), by("two"), LATER);
        assertThat(entry(scaled, "two").struct("fieldsV1"))
                .isEqualTo(Struct.of("f:spec", Struct.of("f:replicas", Struct.EMPTY)));
        assertThat(entry(scaled, "one").struct("fieldsV1").struct("f:spec"))
                .isEqualTo(Struct.of("f:paused", Struct.EMPTY));
        assertThat(entry(scaled, "one").text("time")).isEqualTo("2026-01-01T12:00:00Z");
    }

    @Test
    void neverNamesAFieldThatDidNotChange() {
        Struct made = ManagedFields.updated(deployment, Struct.EMPTY, web("replicas", 1, "strategy",
                Struct.of("rollingUpdate", Struct.of("maxSurge", 1))), by("one"), NOON);
        assertThat(entry(made, "one").struct("fieldsV1").struct("f:spec").struct("f:strategy"))
                .isEqualTo(Struct.of("f:rollingUpdate", Struct.of(".", Struct.EMPTY, "f:maxSurge", Struct.EMPTY)));
        Struct labelled = ManagedFields.updated(deployment, made, made.withAt("1", "metadata", "labels", "l"),
                by("label"), LATER);
        assertThat(entry(labelled, "label").struct("fieldsV1"))
                .isEqualTo(Struct.of("f:metadata", Struct.of("f:labels", Struct.of("f:l", Struct.EMPTY))));
        Struct back = ManagedFields.updated(deployment, labelled, labelled.withoutAt("metadata", "labels", "l"),
                by("label"), LATER);
        assertThat(entry(back, "label").isEmpty()).isTrue();
    }

    @Test
    void leavesAWriteWithoutChangeAlone() {
        Struct made = ManagedFields.updated(deployment, Struct.EMPTY, web("replicas", 1), by("one"), NOON);
        assertThat(ManagedFields.updated(deployment, made, made, by("two"), LATER)).isEqualTo(made);
    }

    @Test
    void appliesAndRemovesWhatIsNoLongerWanted() {
        Struct first = apply(Struct.EMPTY, web("replicas", 1, "template",
                containers(container("a", "image", "a:1"), container("b", "image", "b:1"))), "me", false);
        Struct second = apply(first, web("template", containers(container("b", "image", "b:2"))), "me", false);
        assertThat(second.struct("spec")).isEqualTo(Struct.of("template", containers(container("b", "image", "b:2"))));
    }

    @Test
    void keepsWhatAnotherAppliesToo() {
        Struct first = apply(Struct.EMPTY, web("replicas", 1), "me", false);
        Struct both = apply(first, web("replicas", 1), "you", false);
        Struct left = apply(both, web("paused", false), "me", false);
        assertThat(left.struct("spec").whole("replicas", 0)).isEqualTo(1);
    }

    @Test
    void refusesToTakeAFieldUnlessForced() {
        Struct first = apply(Struct.EMPTY, web("replicas", 1), "me", false);
        assertThatExceptionOfType(ApplyConflict.class).isThrownBy(() -> apply(first, web("replicas", 2), "you", false))
                .withMessage("Apply failed with 1 conflict: conflict with \"me\": .spec.replicas")
                .satisfies(e -> assertThat(e.causes()).isEqualTo(Seq.of(Struct.of("reason", "FieldManagerConflict",
                        "message", "conflict with \"me\"", "field", ".spec.replicas"))));
        Struct forced = apply(first, web("replicas", 2), "you", true);
        assertThat(forced.struct("spec").whole("replicas", 0)).isEqualTo(2);
        assertThat(entry(forced, "me").struct("fieldsV1").has("f:spec")).isFalse();
    }

    @Test
    void namesElementsInConflictsAsPeopleReadThem() {
        Struct first = apply(Struct.EMPTY, web("template", containers(container("a", "image", "a:1"))), "me", false);
        assertThatExceptionOfType(ApplyConflict.class)
                .isThrownBy(
                        () -> apply(first, web("template", containers(container("a", "image", "a:2"))), "you", false))
                .satisfies(e -> assertThat(e.conflicts().getFirst().field())
                        .isEqualTo(".spec.template.spec.containers[name=\"a\"].image"));
    }

    @Test
    void tracksAnUntrackedObjectFromTheFirstApplyOn() {
        Struct untracked = web("replicas", 1);
        assertThat(ManagedFields.updated(deployment, untracked, web("replicas", 2), by("one"), NOON).struct("metadata")
                .has("managedFields")).isFalse();
        assertThat(entry(apply(untracked, web("paused", true), "me", false), "before-first-apply").isEmpty()).isFalse();
    }

    @Test
    void forgetsAllOwnersOnDemandAndFoldsTheOldest() {
        Struct now = ManagedFields.updated(deployment, Struct.EMPTY, web("replicas", 0), by("m0"), NOON);
        for (int i = 1; i <= 15; i++) {
            Struct next = now.withAt("x" + i, "metadata", "annotations", "a" + i);
            now = ManagedFields.updated(deployment, now, next, by("m" + i), NOON.plusSeconds(i));
        }
        List<Struct> entries = now.struct("metadata").seq("managedFields").structs();
        assertThat(entries).hasSize(ManagedFields.MOST_UPDATERS).extracting(e -> e.text("manager"))
                .contains("ancient-changes", "m15");
        Struct cleared = now.withAt(Seq.of(Struct.EMPTY), "metadata", "managedFields");
        assertThat(
                ManagedFields.updated(deployment, now, cleared, by("x"), LATER).struct("metadata").has("managedFields"))
                .isFalse();
    }

    @Test
    void takesTheDefaultOfAKeyThatIsLeftOut() {
        Struct port = Struct.of("containerPort", 80);
        Struct made = apply(Struct.EMPTY, web("template", containers(container("a", "ports", Seq.of(port)))), "me",
                false);
        assertThat(entry(made, "me").toString()).contains("k:{\"containerPort\":80,\"protocol\":\"TCP\"}");
    }

    @Test
    void givesNobodyWhatIsWrittenForEveryEmptyObject() {
        Shape role = new Schemas().shape(Gvk.of("rbac.authorization.k8s.io/v1", "Role")).orElseThrow();
        Struct made = ManagedFields.updated(role, Struct.EMPTY, Decoding.decode(role, Struct.of("apiVersion",
                "rbac.authorization.k8s.io/v1", "kind", "Role", "metadata", Struct.of("name", "x"))).object(),
                by("me"), NOON);
        assertThat(made.struct("metadata").seq("managedFields").isEmpty()).isTrue();
    }

    @Test
    void takesOwnershipFromTheWriterWhereItCanBeRead() {
        Struct live = ManagedFields.updated(deployment, Struct.EMPTY, web("replicas", 1), by("me"), NOON);
        Struct entry = Struct.of("manager", "hand", "operation", "Apply", "apiVersion", "apps/v1", "fieldsType",
                "FieldsV1", "fieldsV1", Struct.of("f:spec", Struct.of("f:replicas", Struct.EMPTY)));
        Struct named = live.withAt(Seq.of(entry), "metadata", "managedFields");
        assertThat(ManagedFields.claimed(live, named)).isEqualTo(named.struct("metadata"));
        Struct unread = live.withAt(Seq.of(entry.with("operation", "Foo")), "metadata", "managedFields");
        assertThat(ManagedFields.claimed(live, unread)).isEqualTo(live.struct("metadata"));
    }

    @Test
    void goesOnWithoutPathsThatCannotBeDecoded() {
        Struct live = ManagedFields.updated(deployment, Struct.EMPTY, web("replicas", 1), by("me"), NOON);
        for (String path : List.of("x", "", "replicas", "f")) {
            Struct named = live.withAt(Seq.of(Struct.of("manager", "me", "operation", "Apply", "apiVersion", "apps/v1",
                    "fieldsType", "FieldsV1", "fieldsV1", Struct.of("f:spec", Struct.of(path, Struct.EMPTY)))),
                    "metadata", "managedFields");
            assertThat(ManagedFields.claimed(live, named)).as(path).isEqualTo(live.struct("metadata"));
            // as it may have been stored before that was looked at
            assertThat(apply(named, web("replicas", 2), "me", true).struct("spec").whole("replicas", 0)).isEqualTo(2);
        }
    }

    private static Struct env(String... pairs) {
        Struct[] all = new Struct[pairs.length / 2];
        for (int i = 0; i < all.length; i++) {
            all[i] = Struct.of("name", pairs[2 * i], "value", pairs[2 * i + 1]);
        }
        return web("template", containers(container("c", "env", Seq.of((Object[]) all))));
    }

    private static String envOf(Struct object) {
        return object.at("spec", "template", "spec") instanceof Struct s
                ? s.seq("containers").struct(0).seq("env").toString() : "";
    }

    @Test
    void keepsElementsThatShareAKeyUntilTheKeyIsApplied() {
        Struct live = ManagedFields.updated(deployment, Struct.EMPTY, env("X", "1", "Y", "", "X", "2"), by("me"), NOON);
        assertThat(entry(live, "me").toString()).contains("k:{\"name\":\"X\"}: {}");
        assertThat(envOf(apply(live, env("Z", "3"), "other", false)))
                .isEqualTo(envOf(env("X", "1", "Y", "", "X", "2", "Z", "3")));
        assertThat(envOf(apply(live, env("X", "3"), "other", true))).isEqualTo(envOf(env("X", "3", "Y", "")));
    }

    @Test
    void mergesListsInTheOrderWanted() {
        Struct live = ManagedFields.updated(deployment, Struct.EMPTY, env("A", "1", "B", "1", "C", "1"), by("me"),
                NOON);
        assertThat(envOf(apply(live, env("C", "1", "A", "1"), "other", false)))
                .isEqualTo(envOf(env("B", "1", "C", "1", "A", "1")));
    }

    @Test
    void namesWhatCannotBeApplied() {
        Struct twice = env("X", "1", "X", "2").with("foo", 1);
        assertThat(ApplyCheck.problems(deployment, twice)).containsExactly(
                ".spec.template.spec.containers[name=\"c\"].env: duplicate entries for key [name=\"X\"]",
                ".foo: field not declared in schema");
    }

    @Test
    void foldsAnyNumberOfClaimedWritersAtOnce() {
        Struct web = web("replicas", 1, "paused", true);
        List<Object> claimed = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            claimed.add(Struct.of("manager", "m" + i, "operation", "Update", "apiVersion", "apps/v" + i % 2, "time",
                    NOON.plusSeconds(i).toString(), "fieldsType", "FieldsV1", "fieldsV1",
                    Struct.of("f:spec", Struct.of(i < 10 ? "f:replicas" : "f:x" + i, Struct.EMPTY))));
        }
        Struct before = ManagedFields.updated(deployment, Struct.EMPTY, web, by("me"), NOON);
        Struct after = web.withAt(Seq.copyOf(claimed), "metadata", "managedFields");
        Struct now = assertTimeoutPreemptively(Duration.ofSeconds(30),
                () -> ManagedFields.updated(deployment, before, after, by("me"), LATER));
        Seq left = now.struct("metadata").seq("managedFields");
        assertThat(left.structs().stream().map(e -> e.text("manager") + " " + e.text("apiVersion")))
                .containsExactlyInAnyOrder("ancient-changes apps/v0", "ancient-changes apps/v1", "m4992 apps/v0",
                        "m4993 apps/v1", "m4994 apps/v0", "m4995 apps/v1", "m4996 apps/v0", "m4997 apps/v1",
                        "m4998 apps/v0", "m4999 apps/v1");
        assertThat(left.structs().stream().filter(e -> e.text("manager").equals("ancient-changes"))
                .map(e -> e.struct("fieldsV1").struct("f:spec").size() + " " + e.text("time")))
                .containsExactlyInAnyOrder("2492 2026-01-01T13:23:10.500Z", "2492 2026-01-01T13:23:11.500Z");
    }

    @Test
    void keepsClaimsThatNestAsDeepAsAnObjectMay() {
        Struct deep = Struct.EMPTY;
        for (int i = 0; i < 980; i++) {
            deep = Struct.of("f:a", deep);
        }
        Struct claim = Struct.of("manager", "other", "operation", "Update", "apiVersion", "apps/v1", "fieldsType",
                "FieldsV1", "fieldsV1", deep);
        Struct before = web("replicas", 1).withAt(Seq.of(claim), "metadata", "managedFields");
        Struct after = before.withAt(2L, "spec", "replicas");
        assertThat(entry(ManagedFields.updated(deployment, before, after, by("me"), NOON), "other")
                .struct("fieldsV1")).isEqualTo(deep);
    }
}
