package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Times;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LegacyTokenCleanerTest {
    private static final String INVALID = "kubernetes.io/legacy-token-invalid-since";
    private final Stage stage = new Stage(LegacyTokenCleaner::add);

    private String day(int daysAgo) {
        return LocalDate.ofInstant(stage.clock.instant(), ZoneOffset.UTC).minusDays(daysAgo).toString();
    }

    private void trackedFor(int days) {
        stage.api.seed(BuiltinResources.CONFIG_MAPS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap",
                "metadata", Struct.of("name", "kube-apiserver-legacy-service-account-token-tracking", "namespace",
                        "kube-system"),
                "data", Struct.of("since", day(days)))));
    }

    private void token(String name, int daysOld, Struct labels) {
        stage.api.seed(BuiltinResources.SECRETS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("name", name, "namespace", "default", "labels", labels, "annotations",
                        Struct.of("kubernetes.io/service-account.name", "robot"), "creationTimestamp",
                        Times.seconds(stage.clock.instant().minus(Duration.ofDays(daysOld)))),
                "type", "kubernetes.io/service-account-token")));
    }

    private void accountNames(String... tokens) {
        stage.api.seed(BuiltinResources.SERVICE_ACCOUNTS, Obj.of(Struct.of("apiVersion", "v1", "kind",
                "ServiceAccount", "metadata", Struct.of("name", "robot", "namespace", "default"), "secrets",
                Seq.copyOf(Stream.of(tokens).map(t -> Struct.of("name", t)).toList()))));
    }

    private List<String> marked() {
        return stage.all(BuiltinResources.SECRETS).stream().filter(s -> s.labels().containsKey(INVALID)).map(Obj::name)
                .sorted().toList();
    }

    @Test
    void whatNobodyUsesForAYearIsMarkedAndAYearLaterDeleted() {
        trackedFor(400);
        accountNames("never", "long-ago", "lately", "young", "odd", "mounted");
        token("never", 800, Struct.EMPTY);
        token("long-ago", 800, Struct.of("kubernetes.io/legacy-token-last-used", day(370)));
        token("lately", 800, Struct.of("kubernetes.io/legacy-token-last-used", day(360)));
        token("young", 360, Struct.EMPTY);
        token("odd", 800, Struct.of("kubernetes.io/legacy-token-last-used", "yesterday"));
        token("mounted", 800, Struct.EMPTY);
        token("of-its-maker", 800, Struct.EMPTY);
        stage.api.seed(BuiltinResources.PODS, Stage.workload("v1", "Pod", "p", Struct.of("volumes", Seq.of(Struct.of(
                "name", "v", "secret", Struct.of("secretName", "mounted"))))));
        stage.settle();
        assertThat(marked()).containsExactly("long-ago", "never");
        assertThat(stage.api.get(BuiltinResources.SECRETS, new Key("default", "never")).labels())
                .containsEntry(INVALID, day(0));
        stage.pass(Duration.ofDays(365));
        assertThat(stage.all(BuiltinResources.SECRETS)).extracting(Obj::name).contains("never", "long-ago");
        stage.pass(Duration.ofDays(2));
        assertThat(stage.all(BuiltinResources.SECRETS)).extracting(Obj::name).doesNotContain("never", "long-ago")
                .contains("odd", "mounted", "of-its-maker");
    }

    @Test
    void nothingIsMarkedBeforeUsesWereNotedForAYear() {
        accountNames("never");
        token("never", 800, Struct.EMPTY);
        stage.settle();
        assertThat(marked()).isEmpty();
        trackedFor(364);
        stage.pass(Duration.ofHours(23));
        assertThat(marked()).isEmpty();
        stage.pass(Duration.ofDays(2));
        assertThat(marked()).containsExactly("never");
    }

    @Test
    void thePeriodIsTheOperators() {
        Stage shorter = new Stage(c -> LegacyTokenCleaner.add(c, "legacy-service-account-token-clean-up-period=24h"));
        shorter.settle();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Stage(c -> LegacyTokenCleaner.add(c,
                        "legacy-service-account-token-clean-up-period=never")))
                .withMessageContaining("legacy-service-account-token-clean-up-period");
    }
}
