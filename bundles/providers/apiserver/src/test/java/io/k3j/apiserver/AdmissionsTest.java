package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Admissions;
import io.k3j.objectregistry.Completeness;
import io.k3j.objectregistry.Intent;
import io.k3j.objectregistry.Slot;
import io.k3j.objectregistry.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AdmissionsTest {
    private final Slot<Admission> plugins = Slot.lowestFirst(Admission.ORDER,
            Completeness.declaredAndRemembered(Set.of("Careful"), e -> e.service().name()));
    private final List<Struct> validated = new ArrayList<>();
    private final Admission plugin = new Admission() {
        @Override
        public String name() {
            return "Careful";
        }

        @Override
        public boolean handles(Write write) {
            return true;
        }

        @Override
        public void validate(Write write, Struct object) {
            validated.add(object);
        }
    };
    private final Write write = new Write(Write.Operation.CREATE, new TestKinds().kinds().iterator().next(), "",
            Key.of("a"),
            Optional.empty(), Caller.ANONYMOUS, false, Struct.EMPTY);

    @Test
    void waitsForAPluginThatIsReplacedDuringTheRequest() {
        Admissions admissions = new Admissions(plugins, () -> plugins.add(plugin, Map.of()), Runnable::run,
                Admissions.Observer.NONE);
        plugins.add(plugin, Map.of());
        admissions.admit(write, Struct.EMPTY);
        plugins.remove(plugin);
        admissions.validate(write, Struct.EMPTY);
        assertThat(validated).containsExactly(Struct.EMPTY);
    }

    @Test
    void refusesTheWriteWhenAPluginStaysAway() {
        Admissions admissions = new Admissions(plugins, () -> {
        }, Runnable::run, Admissions.Observer.NONE);
        plugins.add(plugin, Map.of());
        admissions.admit(write, Struct.EMPTY);
        plugins.remove(plugin);
        assertThatThrownBy(() -> admissions.validate(write, Struct.EMPTY)).isInstanceOfSatisfying(ApiFault.class,
                fault -> assertThat(fault.code()).isEqualTo(503))
                .hasMessageStartingWith("admission plug-in Careful is");
    }

    /// It may be one that was stopped, and is away until its file is taken away.
    @Test
    void refusesTheWriteWithTheNameOfThePluginThatStaysAway() {
        Admissions admissions = new Admissions(plugins, () -> {
        }, Runnable::run, Admissions.Observer.NONE);
        Admission other = new Admission() {
            @Override
            public String name() {
                return "Other";
            }

            @Override
            public boolean handles(Write write) {
                return true;
            }
        };
        plugins.add(plugin, Map.of());
        plugins.add(other, Map.of(Slot.OWNER, "com.acme.guard"));
        plugins.remove(other);
        assertThatThrownBy(() -> admissions.admit(write, Struct.EMPTY)).hasMessage("admission plug-in of com.acme.guard"
                + " is being replaced, or was stopped: k3s bundle ls tells");
    }

    @Test
    void everyOneHearsThatAWriteIsAbandonedAndTheClientWhy() {
        List<String> told = new ArrayList<>();
        Slot<Admission> slot = Slot.lowestFirst(Admission.ORDER, Completeness.declared(Set.of(), e -> ""));
        slot.add(refusing("broken", told), Map.of(Admission.ORDER, 1));
        slot.add(refusing("last", told), Map.of(Admission.ORDER, 2));
        Admissions admissions = new Admissions(slot, () -> {
        }, Runnable::run, Admissions.Observer.NONE);
        assertThatThrownBy(() -> admissions.admit(write, Struct.EMPTY)).hasMessage("broken has not answered");
        assertThat(told).containsExactly("broken", "last");
    }

    /// Refuses, and fails when it hears of it.
    private static Admission refusing(String name, List<String> told) {
        return new Admission() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public boolean handles(Write write) {
                return true;
            }

            @Override
            public Struct admit(Write write, Struct object) {
                throw ApiFault.unavailable(name + " has not answered");
            }

            @Override
            public void abandoned(Write write, Struct object) {
                told.add(name);
                throw ApiFault.unavailable(name + " has failed and is being stopped");
            }
        };
    }

    /// Reserves something for a write, under a key that no other generation has.
    private static Admission reserving(String name, List<String> told) {
        return new Admission() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public boolean handles(Write write) {
                return true;
            }

            @Override
            public Struct admit(Write write, Struct object) {
                write.context().notes().put(this, name);
                return object;
            }

            @Override
            public void abandoned(Write write, Struct object) {
                told.add(name + " " + write.context().notes().remove(this));
            }
        };
    }

    /// One that takes the place of another knows nothing of what that one has reserved for a write under way.
    @Test
    void whoWasReplacedSinceGivesBackWhatHeHasReserved() throws Exception {
        List<String> told = new ArrayList<>();
        Slot<Admission> slot = Slot.lowestFirst(Admission.ORDER, Completeness.declared(Set.of(), e -> ""));
        Admission old = reserving("old", told);
        Admission stays = reserving("stays", told);
        slot.add(old, Map.of());
        slot.add(stays, Map.of());
        Admissions admissions = new Admissions(slot, () -> {
        }, Runnable::run, Admissions.Observer.NONE);
        try (TestServer server = new TestServer()) {
            Write real = real(server);
            admissions.admit(real, Struct.EMPTY);
            slot.add(reserving("new", told), Map.of());
            slot.remove(old);
            admissions.validate(real, Struct.EMPTY);
            admissions.abandoned(real, Struct.EMPTY);
            assertThat(told).containsExactlyInAnyOrder("stays stays", "new null", "old old");
            told.clear();
            Write next = real(server);
            admissions.admit(next, Struct.EMPTY);
            admissions.abandoned(next, Struct.EMPTY);
            assertThat(told).as("who had gone before is not told").containsExactlyInAnyOrder("stays stays", "new new");
        }
    }

    private static Write real(TestServer server) {
        Target target = new Target(new TestKinds().kinds().iterator().next(), server.contributions.kinds());
        return new Intent(target, Key.of("a"), "", Caller.ANONYMOUS, false, "", false, Struct.EMPTY, null, w -> {
        }).write(Write.Operation.CREATE, null);
    }

    /// Notes its name, and wants another round in the first one.
    private static Admission noting(String name, List<String> asked, boolean wanting) {
        return new Admission() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public boolean handles(Write write) {
                return true;
            }

            @Override
            public boolean remote() {
                return wanting;
            }

            @Override
            public Struct admit(Write write, Struct object) {
                asked.add(name + write.context().round());
                if (wanting) {
                    write.context().reinvoke();
                }
                return object;
            }
        };
    }

    @Test
    void asksThoseUpToTheOneThatWantsItAgainOnce() throws Exception {
        List<String> asked = new ArrayList<>();
        Slot<Admission> slot = Slot.lowestFirst(Admission.ORDER, Completeness.declared(Set.of(), e -> ""));
        slot.add(noting("first", asked, false), Map.of(Admission.ORDER, 1));
        slot.add(noting("wanting", asked, true), Map.of(Admission.ORDER, 2));
        slot.add(noting("last", asked, false), Map.of(Admission.ORDER, 3));
        try (TestServer server = new TestServer()) {
            Write real = real(server);
            List<String> unseated = new ArrayList<>();
            new Admissions(slot, () -> {
            }, work -> {
                unseated.add("out");
                work.run();
            }, Admissions.Observer.NONE).admit(real, Struct.EMPTY);
            assertThat(asked).containsExactly("first0", "wanting0", "first1", "wanting1", "last1");
            assertThat(unseated).as("only the remote one gives the seat away").hasSize(2);
        }
    }
}
