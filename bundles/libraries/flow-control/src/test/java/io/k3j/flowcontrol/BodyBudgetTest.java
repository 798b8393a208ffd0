package io.k3j.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.flowcontrol.BodyBudget.Room;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {
    private static final String CBOR = "application/cbor";
    private static final int LARGE = 3 << 20;
    private static final long WEIGHT = BodyWeight.least(LARGE);
    private static final String JSON = "application/json";
    private static final long PATIENCE_MILLIS = 100;
    private final BodyBudget budget = new BodyBudget(6 * WEIGHT, LARGE, PATIENCE_MILLIS);

    private Room arriving(String user, boolean exempt) {
        Room room = budget.room(user, exempt);
        room.arrived(LARGE);
        return room;
    }

    private Room atWork(String user, boolean exempt) {
        Room room = arriving(user, exempt);
        room.whole(new byte[LARGE], JSON);
        return room;
    }

    @Test
    void aUserWithManyLargeBodiesKeepsNobodyOut() {
        try (Room _ = atWork("mallory", false)) {
            assertThatThrownBy(() -> atWork("mallory", false)).isInstanceOfSatisfying(ApiFault.class,
                    f -> assertThat(f.code()).isEqualTo(429));
            try (Room _ = atWork("alice", false); Room small = budget.room("mallory", false)) {
                small.arrived(BodyBudget.SMALL_BYTES);
                small.whole(new byte[BodyBudget.SMALL_BYTES], JSON);
                assertThat(budget.taken()).isGreaterThanOrEqualTo(2 * WEIGHT);
            }
        }
    }

    @Test
    void whoSendsSlowlyTakesNoMoreThanHasCome() {
        List<Room> slow = new ArrayList<>();
        for (int user = 0; user < 5; user++) {
            slow.add(arriving("mallory-" + user, false));
        }
        try (Room _ = atWork("alice", false)) {
            assertThat(budget.taken()).isLessThan(2 * WEIGHT);
        }
        slow.forEach(Room::close);
        assertThat(budget.taken()).isZero();
    }

    /// As many as there is room for, each of another user.
    private List<Room> full(boolean exempt) {
        List<Room> full = new ArrayList<>();
        assertThatThrownBy(() -> {
            for (int user = 0;; user++) {
                full.add(atWork("user-" + user, exempt));
            }
        }).hasMessageContaining("Too many large requests");
        return full;
    }

    @Test
    void allTogetherTakeNoMoreThanThereIs() {
        List<Room> full = full(true);
        assertThat(budget.taken()).isLessThanOrEqualTo(6 * WEIGHT);
        full.forEach(Room::close);
        assertThat(budget.taken()).as("what was refused, too, is given back").isEqualTo(LARGE - BodyBudget.SMALL_BYTES);
    }

    @Test
    void roomIsKeptForAdministrators() {
        List<Room> full = full(false);
        try (Room _ = atWork("admin", true)) {
            assertThat(full).isNotEmpty();
        }
        full.forEach(Room::close);
    }

    private static long weight(String piece, String mediaType) {
        byte[] body = piece.repeat(LARGE / piece.length()).getBytes(StandardCharsets.ISO_8859_1);
        return BodyWeight.of(body, mediaType);
    }

    @Test
    void bodiesWeighWhatTheyMayBecome() {
        long text = weight("\"text \\\" {,[\"", JSON);
        assertThat(text).isLessThan(WEIGHT + 1);
        assertThat(List.of(weight("{},", JSON), weight("- {}\n", "application/yaml"),
                weight("- a:\n", "application/apply-patch+yaml"), weight("\n\0", "application/vnd.kubernetes.protobuf"),
                weight("\u0082\1\0", "application/vnd.kubernetes.protobuf"), weight("\u00a0", CBOR),
                weight("\u009f", CBOR)))
                .allSatisfy(w -> assertThat(w).isGreaterThan(10 * WEIGHT));
        assertThat(weight("\u0078\37" + "{".repeat(31), CBOR)).isLessThan(LARGE * 8L + 64L * (LARGE / 33 + 1) + 1_000);
        assertThat(weight("\u007a\177\177\177\177", CBOR)).isLessThan(WEIGHT + 1_000);
        assertThat(weight("{\"name\":\"some name\",\"value\":\"some value\"},", JSON)).isBetween(WEIGHT, 4 * WEIGHT);
    }

    @Test
    void anApplyWeighsTheFieldsItOwns() {
        String fields = "k: v\n";
        assertThat(weight(fields, "application/apply-patch+yaml") - WEIGHT)
                .isGreaterThanOrEqualTo(3 * (weight(fields, "application/yaml") - WEIGHT) - LARGE);
    }

    @Test
    void aSmallPatchWeighsWhatTheObjectIsThatItMeets() {
        byte[] stored = "{\"k\":\"v\"},".repeat(50_000).getBytes(StandardCharsets.UTF_8);
        try (Room first = budget.room("mallory", false);
                Room second = budget.room("mallory", false);
                Room other = budget.room("alice", false)) {
            first.arrived(1);
            first.whole(new byte[1], JSON);
            first.meets(new byte[BodyBudget.SMALL_BYTES]);
            assertThat(budget.taken()).isZero();
            first.meets(stored);
            assertThat(budget.taken()).isGreaterThanOrEqualTo(WEIGHT);
            assertThatThrownBy(() -> second.meets(stored)).hasMessageContaining("Too many large requests");
            other.meets(stored);
        }
        assertThat(budget.taken()).isZero();
    }

    /// It has its part already, and waits for nothing.
    @Test
    void aBodyAsHeavyAsAUsersPartMeetsALargeObject() {
        try (Room room = atWork("mallory", false)) {
            room.meets(new byte[LARGE]);
            room.meets(new byte[LARGE]);
            assertThat(budget.taken()).isBetween(WEIGHT, 2 * WEIGHT - 1);
        }
    }

    @Test
    void twoOfTheHeaviestAreNotWorkedOnAtOnceForOneUser() {
        byte[] heavy = "{},".repeat(BodyBudget.SMALL_BYTES).getBytes(StandardCharsets.UTF_8);
        try (Room first = budget.room("mallory", false);
                Room second = budget.room("mallory", false);
                Room other = budget.room("alice", false)) {
            first.arrived(heavy.length);
            first.whole(heavy, JSON);
            second.arrived(heavy.length);
            assertThatThrownBy(() -> second.whole(heavy, JSON)).hasMessageContaining("Too many large requests");
            other.arrived(heavy.length);
            other.whole(heavy, JSON);
        }
    }
}
