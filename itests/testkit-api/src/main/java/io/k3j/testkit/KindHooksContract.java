package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Gvk;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the hooks of a group promise ([KindHooks]). An implementation extends it and says which hooks are tried, and on
/// what.
public abstract class KindHooksContract {
    private static final int ASKED_AT_ONCE = 16;
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final long NOT_NAMED = -1;

    /// A write and its object as the client has sent it.
    public record Sample(Write write, Struct object) {
        ResourceKind kind() {
            return write.kind();
        }

        Gvk gvk() {
            return kind().gvk();
        }
    }

    /// The hooks.
    protected abstract KindHooks hooks();

    /// A creation that may be stored.
    protected abstract Sample good();

    /// One that may not; empty for hooks that refuse nothing.
    protected abstract Optional<Sample> bad();

    private Struct defaulted(Sample sample) {
        return hooks().defaulted(sample.gvk(), sample.object());
    }

    /// As it is looked at before it is stored.
    private Struct prepared(Sample sample) {
        return hooks().defaulted(sample.gvk(), hooks().prepared(sample.write(), defaulted(sample)));
    }

    @Test
    void guarantee1ItsGroupIsThereAndStays() {
        assertThat(hooks().group()).isEqualTo(hooks().group());
        if (!hooks().group().equals(KindHooks.EVERY_OTHER_GROUP)) {
            assertThat(good().gvk().group()).isEqualTo(hooks().group());
        }
    }

    @Test
    void guarantee2DefaultsLeaveWhatIsSet() {
        Struct once = defaulted(good());
        assertThat(hooks().defaulted(good().gvk(), once)).isEqualTo(once);
        keeps("", good().object(), once);
    }

    private static void keeps(String path, @Nullable Object before, @Nullable Object after) {
        if (before instanceof Struct from && after instanceof Struct to) {
            for (String name : from.names()) {
                assertThat(to.has(name)).as("%s.%s is still there", path, name).isTrue();
                keeps(path + "." + name, from.get(name), to.get(name));
            }
        } else if (before instanceof Seq from && after instanceof Seq to) {
            assertThat(to.size()).as(path).isEqualTo(from.size());
            for (int i = 0; i < from.size(); i++) {
                keeps(path + "[" + i + "]", from.get(i), to.get(i));
            }
        } else {
            assertThat(after).as(path).isEqualTo(before);
        }
    }

    @Test
    void guarantee3WhatWasPreparedStays() {
        Struct once = prepared(good());
        assertThat(hooks().prepared(good().write(), once)).isEqualTo(once);
    }

    @Test
    void guarantee4SaysWhatIsWrongAndTheSameAgain() {
        assertThat(hooks().problems(good().write(), prepared(good()))).isEmpty();
        bad().ifPresent(sample -> {
            Struct object = prepared(sample);
            assertThat(hooks().problems(sample.write(), object)).isNotEmpty()
                    .isEqualTo(hooks().problems(sample.write(), object)).allSatisfy(problem -> {
                        assertThat(problem.field()).isNotBlank();
                        assertThat(problem.type()).startsWith("FieldValue");
                        assertThat(problem.message()).isNotBlank();
                    });
        });
    }

    @Test
    void guarantee5ARowHasACellForEachColumn() {
        List<Object> cells = hooks().cells(good().gvk(), Obj.of(prepared(good())), NOW);
        if (!cells.isEmpty()) {
            assertThat(cells).hasSameSizeAs(good().kind().columns());
        }
    }

    @Test
    void guarantee6WhatIsOfAVersionStaysAndSeveralAreConvertedAsOne() {
        Struct object = prepared(good());
        assertThat(hooks().converted(object, good().gvk())).isEqualTo(object);
        Struct other = Obj.of(object).with("another", "metadata", "name").document();
        assertThat(hooks().converted(List.of(object, other), good().gvk())).containsExactly(object, other);
    }

    @Test
    void guarantee7TimesAreNotNegative() {
        Struct object = prepared(good());
        assertThat(hooks().timeToLive(good().write(), object)).isGreaterThanOrEqualTo(Duration.ZERO);
        if (good().kind().strategy().graceful()) {
            assertThat(hooks().gracePeriodSeconds(good().gvk(), Obj.of(object), NOT_NAMED)).isNotNegative();
        }
    }

    @Test
    void guarantee8IsAskedBySeveralThreadsAtOnce() throws Exception {
        Struct alone = prepared(good());
        List<Future<Struct>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < ASKED_AT_ONCE; i++) {
                answers.add(threads.submit(() -> prepared(good())));
            }
        }
        for (Future<Struct> answer : answers) {
            assertThat(answer.get()).isEqualTo(alone);
        }
    }
}
