package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.jetcd.EtcdCluster.Alarm;
import io.k3j.jetcd.EtcdCluster.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemberUpkeepTest {
    private static final long MEGABYTE = 1 << 20;
    private static final long QUOTA = 2_048 * MEGABYTE;
    private static final long OWN = 11;
    private final Etcd etcd = new Etcd();

    /// A member that keeps the sizes of its database.
    private static final class Etcd implements MemberUpkeep.Etcd {
        private final List<Alarm> alarms = new ArrayList<>();
        private long bytes = 60 * MEGABYTE;
        private long used = 50 * MEGABYTE;
        private int defragmented;

        @Override
        public Status status() {
            return new Status(OWN, 1, "3.4.23", bytes, used, OWN, 1, 1, false, List.of());
        }

        @Override
        public void defragment() {
            defragmented++;
            bytes = used;
        }

        @Override
        public List<Alarm> alarms() {
            return List.copyOf(alarms);
        }

        @Override
        public void disarm(Alarm alarm) {
            alarms.remove(alarm);
        }
    }

    private void perform() {
        MemberUpkeep.perform(etcd, QUOTA);
    }

    @Test
    void aHealthyMemberIsLeftAlone() {
        perform();
        assertThat(etcd.defragmented).isZero();
    }

    @Test
    void whatIsNotUsedAnyMoreIsGivenBack() {
        etcd.bytes = etcd.used + MemberUpkeep.MAX_UNUSED + 1;
        perform();
        assertThat(etcd.defragmented).isEqualTo(1);
    }

    @Test
    void aMemberThatWasFullAndHasRoomIsDisarmed() {
        etcd.alarms.add(new Alarm(OWN, "NOSPACE"));
        etcd.bytes = QUOTA;
        etcd.used = QUOTA - MEGABYTE;
        perform();
        assertThat(etcd.defragmented).isEqualTo(1);
        assertThat(etcd.alarms).isEmpty();
    }

    @Test
    void oneThatIsStillFullKeepsItsAlarm() {
        etcd.alarms.add(new Alarm(OWN, "NOSPACE"));
        etcd.bytes = QUOTA;
        etcd.used = QUOTA;
        perform();
        assertThat(etcd.alarms).hasSize(1);
    }

    @Test
    void alarmsOfCorruptDataAndOfOthersStay() {
        etcd.alarms.addAll(List.of(new Alarm(OWN, "CORRUPT"), new Alarm(12, "NOSPACE")));
        perform();
        assertThat(etcd.defragmented).isZero();
        assertThat(etcd.alarms).hasSize(2);
    }
}
