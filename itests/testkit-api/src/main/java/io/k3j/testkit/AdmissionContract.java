package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What every admission plug-in promises ([Admission]). An implementation extends it and says which plug-in is tried,
/// and on what.
public abstract class AdmissionContract {
    private static final int ASKED_AT_ONCE = 16;
    private static final List<Gvr> RESOURCES = List.of(new Gvr("", "v1", "pods"), new Gvr("", "v1", "nodes"),
            new Gvr("apps", "v1", "deployments"), new Gvr("example.com", "v1", "anything"));
    private static final List<String> SUBRESOURCES = List.of("", "status", "scale", "exec", "eviction");

    /// A write and the object that is written.
    public record Sample(Write write, Struct object) {
        /// The creation of an object.
        public static Sample created(Gvr resource, Struct object) {
            return new Sample(SampleWrites.creates(resource, object), object);
        }
    }

    /// The plug-in.
    protected abstract Admission plugin();

    /// What it lets pass, changed or not; it has a say in it.
    protected abstract Sample passed();

    /// What it refuses; empty for a plug-in that refuses nothing.
    protected abstract Optional<Sample> refused();

    private Struct admitted(Sample sample) {
        Struct admitted = plugin().admit(sample.write(), sample.object());
        plugin().validate(sample.write(), admitted);
        return admitted;
    }

    @Test
    void guarantee1ItsNameIsThereAndStays() {
        assertThat(plugin().name()).isNotBlank().isEqualTo(plugin().name());
    }

    @Test
    void guarantee2SaysOfEveryWriteWhetherItHasASay() {
        Struct body = Struct.of("apiVersion", "v1", "kind", "Any", "metadata", Struct.of("name", "a"));
        for (Operation operation : Operation.values()) {
            for (Gvr resource : RESOURCES) {
                for (String subresource : SUBRESOURCES) {
                    Write write = SampleWrites.of(operation, resource, subresource, body,
                            operation == Operation.CREATE ? Optional.empty() : Optional.of(body));
                    assertThat(plugin().handles(write)).isEqualTo(plugin().handles(write));
                }
            }
        }
        assertThat(plugin().handles(passed().write())).as("has a say in what passed() gives").isTrue();
    }

    @Test
    void guarantee3LeavesAsItIsWhatItHasMade() {
        Struct once = admitted(passed());
        assertThat(plugin().admit(passed().write(), once)).isEqualTo(once);
    }

    @Test
    void guarantee4SaysTheSameAgain() {
        assertThat(admitted(passed())).isEqualTo(admitted(passed()));
        refused().ifPresent(sample -> {
            assertThat(plugin().handles(sample.write())).isTrue();
            assertThatThrownBy(() -> admitted(sample)).isInstanceOf(ApiFault.class);
            assertThatThrownBy(() -> admitted(sample)).isInstanceOf(ApiFault.class);
        });
    }

    @Test
    void guarantee5RefusesByAStatusThatSaysWhy() {
        refused().ifPresent(sample -> assertThatThrownBy(() -> admitted(sample))
                .isInstanceOfSatisfying(ApiFault.class, fault -> {
                    assertThat(fault.code()).isBetween(400, 599);
                    assertThat(fault.getMessage()).isNotBlank();
                }));
    }

    @Test
    void guarantee6GivesBackWhatWasReservedMoreThanOnceToo() {
        Struct admitted = plugin().admit(passed().write(), passed().object());
        assertThatCode(() -> {
            plugin().abandoned(passed().write(), admitted);
            plugin().abandoned(passed().write(), admitted);
            refused().ifPresent(sample -> plugin().abandoned(sample.write(), sample.object()));
        }).doesNotThrowAnyException();
    }

    @Test
    void guarantee7IsAskedBySeveralThreadsAtOnce() throws Exception {
        Struct alone = admitted(passed());
        List<Future<Struct>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < ASKED_AT_ONCE; i++) {
                answers.add(threads.submit(() -> admitted(passed())));
            }
        }
        for (Future<Struct> answer : answers) {
            assertThat(answer.get()).isEqualTo(alone);
        }
    }
}
