package io.k3j.authtokens;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.Health;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LegacyTokenTrackingTest {
    private static final Gvr CONFIG_MAPS = new Gvr("", "v1", "configmaps");
    private static final Key SECRET = new Key("default", "s");
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final LegacyTokenTracking tracking = new LegacyTokenTracking(api, Health.none(), clock);
    private final Obj account = object("ServiceAccount", "robot");

    @BeforeEach
    void createSecret() {
        api.seed(Subjects.SECRETS, object("Secret", "s"));
    }

    @AfterEach
    void close() {
        api.close();
    }

    private static Obj object(String kind, String name) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", kind, "metadata",
                Struct.of("name", name, "namespace", "default")));
    }

    private Obj secret() {
        return api.get(Subjects.SECRETS, SECRET);
    }

    private String since() {
        return api.get(CONFIG_MAPS, LegacyTokenTracking.TRACKING).tree().struct("data").text("since");
    }

    @Test
    void aSecretSaysOnWhichDayItsTokenWasUsedLast() {
        assertThat(tracking.used(account, secret())).isTrue();
        assertThat(secret().labels()).as("a request writes nothing").isEmpty();
        tracking.round();
        assertThat(secret().labels()).isEqualTo(Map.of(LegacyTokenTracking.LAST_USED, "2026-01-01"));
        long revision = secret().revision();
        clock.advance(Duration.ofHours(11));
        tracking.used(account, secret());
        tracking.round();
        assertThat(secret().revision()).as("once a day").isEqualTo(revision);
        clock.advance(Duration.ofHours(1));
        tracking.used(account, secret());
        tracking.round();
        assertThat(secret().labels()).isEqualTo(Map.of(LegacyTokenTracking.LAST_USED, "2026-01-02"));
    }

    @Test
    void aServerWhoseClockIsBehindWritesNoEarlierDay() {
        api.patch(Subjects.SECRETS, SECRET, new Patch.Merge(Struct.of("metadata", Struct.of("labels",
                Struct.of(LegacyTokenTracking.LAST_USED, "2026-01-02")))), WriteOptions.PLAIN);
        tracking.used(account, secret());
        tracking.round();
        assertThat(secret().labels()).containsValue("2026-01-02");
    }

    @Test
    void aTokenThatIsMarkedIsRefusedAndItsUseIsNotedAllTheSame() {
        api.patch(Subjects.SECRETS, SECRET, new Patch.Merge(Struct.of("metadata", Struct.of("labels",
                Struct.of(LegacyTokenTracking.INVALID_SINCE, "2025-12-01")))), WriteOptions.PLAIN);
        assertThat(tracking.used(account, secret())).isFalse();
        tracking.round();
        assertThat(secret().labels()).containsEntry(LegacyTokenTracking.LAST_USED, "2026-01-01");
        assertThat(tracking.text()).contains("serviceaccount_invalid_legacy_auto_token_uses_total 1\n",
                "serviceaccount_legacy_manual_token_uses_total 0\n");
    }

    @Test
    void tokensThatWereMadeByThemselvesAreCountedApart() {
        tracking.used(account, secret());
        tracking.used(account.with(Seq.of(Struct.of("name", "s")), "secrets"), secret());
        assertThat(tracking.text()).contains("serviceaccount_legacy_auto_token_uses_total 1\n",
                "serviceaccount_legacy_manual_token_uses_total 1\n");
    }

    /// As a webhook that fails for one of them.
    @Test
    void aSecretThatCannotBeWrittenKeepsNoOtherFromIt() {
        api.seed(Subjects.SECRETS, object("Secret", "t"));
        tracking.used(account, secret());
        tracking.used(account, api.get(Subjects.SECRETS, new Key("default", "t")));
        api.refuse("patch", Subjects.SECRETS, ApiFault.internal("failed calling webhook"));
        assertThat(tracking.round()).as("it is tried again").isFalse();
        assertThat(api.list(Subjects.SECRETS, Query.ALL).items()).filteredOn(s -> !s.labels().isEmpty()).hasSize(1);
        assertThat(tracking.round()).isTrue();
        assertThat(api.list(Subjects.SECRETS, Query.ALL).items()).allMatch(s -> !s.labels().isEmpty());
    }

    /// Another Secret of the same name has not been used.
    @Test
    void aSecretThatWasMadeAnewHasNoUse() {
        Obj before = secret();
        tracking.used(account, before);
        api.vanish(Subjects.SECRETS, SECRET);
        api.seed(Subjects.SECRETS, object("Secret", "s"));
        assertThat(tracking.round()).isTrue();
        assertThat(secret().labels()).isEmpty();
    }

    @Test
    void aConfigMapSaysSinceWhenUsesAreNoted() {
        tracking.round();
        clock.advance(Duration.ofDays(3));
        tracking.round();
        assertThat(since()).isEqualTo("2026-01-01");
        api.patch(CONFIG_MAPS, LegacyTokenTracking.TRACKING, new Patch.Merge(Struct.of("data",
                Struct.of("since", "long ago"))), WriteOptions.PLAIN);
        tracking.round();
        assertThat(since()).isEqualTo("2026-01-04");
    }
}
