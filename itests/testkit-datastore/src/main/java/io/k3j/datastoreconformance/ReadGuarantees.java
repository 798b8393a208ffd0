package io.k3j.datastoreconformance;

import static io.k3j.datastoreconformance.Conformance.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.datastoreapi.Count;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.FutureRevision;
import io.k3j.datastoreapi.Page;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Guarantee 5: reads, now and in the past, and ranges.
public interface ReadGuarantees extends Conformance {
    @Test
    default void aReadSeesWhatWasAcknowledgedBefore() {
        assertThat(store().get("/a")).isEmpty();
        long first = put("/a", 0, "1");
        assertThat(store().get("/a")).map(Conformance::text).hasValue("1");
        remove("/a", first);
        assertThat(store().get("/a")).isEmpty();
    }

    @Test
    default void aReadAtARevisionSeesExactlyThatState() {
        long first = put("/a", 0, "1");
        long second = put("/a", first, "2");
        long gone = remove("/a", second);
        long again = put("/a", 0, "3");
        assertThat(store().get("/a", first - 1)).isEmpty();
        assertThat(store().get("/a", first)).map(Conformance::text).hasValue("1");
        assertThat(store().get("/a", second)).map(Conformance::text).hasValue("2");
        assertThat(store().get("/a", second)).map(Entry::createRevision).hasValue(first);
        assertThat(store().get("/a", gone)).isEmpty();
        assertThat(store().get("/a", again)).map(Entry::createRevision).hasValue(again);
    }

    @Test
    default void aRangeIsInByteOrderAndEndsWithItsPrefix() {
        for (String key : List.of("/p/b", "/p/a", "/p", "/q", "/p0", "/p/", "/o/z")) {
            put(key, 0, key);
        }
        assertThat(keys("/p/", 0)).containsExactly("/p/", "/p/a", "/p/b");
        assertThat(keys("/p", 0)).containsExactly("/p", "/p/", "/p/a", "/p/b", "/p0");
        assertThat(keys("", 0)).hasSize(7);
        assertThat(keys("/x", 0)).isEmpty();
    }

    @Test
    default void aRangeCanBeReadPageByPageAtOneRevision() {
        for (int i = 0; i < 25; i++) {
            put("/p/" + (char) ('a' + i), 0, "1");
        }
        long revision = store().revision();
        remove("/p/c", store().get("/p/c").orElseThrow().revision());
        put("/p/aa", 0, "new");
        List<String> read = new ArrayList<>();
        String start = "";
        Page page;
        do {
            page = store().range("/p/", start, 7, revision);
            assertThat(page.entries().size()).isLessThanOrEqualTo(7);
            page.entries().forEach(entry -> read.add(entry.key()));
            start = page.entries().getLast().key() + "\0";
        } while (page.more());
        assertThat(read).hasSize(25).contains("/p/c").doesNotContain("/p/aa").isSorted();
    }

    /// Whoever loads everything asks for many rows at a time, and large ones may follow small ones.
    @Test
    default void aPageWithALimitEndsBeforeItsLargeRowsFillTheMemory() {
        for (int i = 0; i < 80; i++) {
            put("/p/a%03d".formatted(i), 0, "small");
        }
        for (int i = 0; i < 30; i++) {
            Conformance.committed(store().commit("/p/b%03d".formatted(i), 0, new byte[1 << 20], Duration.ZERO));
        }
        long revision = store().revision();
        List<Entry> read = new ArrayList<>();
        boolean more = true;
        while (more) {
            Page page = store().range("/p/", read.isEmpty() ? "" : read.getLast().key() + "\0", 500, revision);
            assertThat(page.entries().stream().mapToLong(entry -> entry.value().length).sum())
                    .isLessThanOrEqualTo(largestPage());
            read.addAll(page.entries());
            more = page.more();
        }
        assertThat(read).extracting(Entry::key).hasSize(110).isSorted().doesNotHaveDuplicates();
    }

    @Test
    default void moreIsSaidOnlyWhenThereIsMore() {
        put("/p/a", 0, "1");
        put("/p/b", 0, "1");
        assertThat(store().range("/p/", "", 2, 0).more()).isFalse();
        assertThat(store().range("/p/", "", 1, 0).more()).isTrue();
        assertThat(store().range("/p/", "/p/b", 1, 0).more()).isFalse();
        assertThat(store().range("/p/", "", 0, 0).more()).isFalse();
    }

    @Test
    default void theRevisionOfAPageIsNotBelowItsEntries() {
        put("/p/a", 0, "1");
        long newest = put("/q", 0, "1");
        Page page = store().range("/p/", "", 0, 0);
        expect(newest, page.revision());
        expect(newest, store().range("/none/", "", 0, 0).revision());
        assertThat(store().range("/p/", "", 0, newest - 1).revision()).isEqualTo(newest - 1);
    }

    @Test
    default void theFutureIsRefused() {
        long future = put("/a", 0, "1") + furtherRevisions() + 1;
        assertThatThrownBy(() -> store().range("/a", "", 0, future)).isInstanceOf(FutureRevision.class);
        assertThatThrownBy(() -> store().get("/a", future)).isInstanceOf(FutureRevision.class);
    }

    @Test
    default void countCountsLiveKeys() {
        put("/p/a", 0, "1");
        long b = put("/p/b", 0, "1");
        put("/p/b", b, "2");
        remove("/p/a", store().get("/p/a").orElseThrow().revision());
        put("/q", 0, "1");
        assertThat(store().count("/p/")).isEqualTo(new Count(1, store().revision()));
        assertThat(store().count("")).isEqualTo(new Count(2, store().revision()));
        assertThat(store().count("/x").keys()).isZero();
    }

    /// kine 2025-10: keys with pattern characters, prefixes of each other, and a GET taken for a prefix.
    @Test
    default void keysWithPatternCharactersAreOnlyThemselves() {
        List<String> alphabet = List.of("%", "_", "^", "*", "?", "[", "\\", "'", "\"", "/", "a", "b", "0", "-", ".",
                "~",
                "\u007f", "\u00ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\ud83d\ude00");
        Random random = new Random(20251008);
        TreeSet<String> keys = new TreeSet<>(ReadGuarantees::compareBytes);
        while (keys.size() < 200) {
            StringBuilder key = new StringBuilder("/");
            for (int i = random.nextInt(5); i >= 0; i--) {
                key.append(alphabet.get(random.nextInt(alphabet.size())));
            }
            if (keys.add(key.toString())) {
                put(key.toString(), 0, key.toString());
            }
        }
        assertThat(keys("/", 0)).containsExactlyElementsOf(keys);
        for (String key : keys) {
            assertThat(store().get(key)).map(e -> text(e)).hasValue(key);
            assertThat(keys(key, 0)).containsExactlyElementsOf(keys.stream().filter(k -> k.startsWith(key)).toList());
            assertThat(store().count(key).keys()).isEqualTo(keys.stream().filter(k -> k.startsWith(key)).count());
            assertThat(store().range("/", key, 1, 0).entries().getFirst().key()).isEqualTo(key);
        }
    }

    private static int compareBytes(String a, String b) {
        return Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }
}
