package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.jetcd.EtcdCluster;
import io.k3j.jetcd.EtcdCluster.Alarm;
import io.k3j.jetcd.EtcdCluster.Status;
import io.k3j.jetcd.EtcdFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemberUpkeepTest {
    private static final long MEGABYTE = 1 << 20;
    private static final long QUOTA = 2_048 * MEGABYTE;
    private static final long OWN = 11;
    private final Etcd etcd = new Etcd();
    private final Logger logger = Logger.getLogger("io.k3j.etcdmember");
    private final Warnings warnings = new Warnings();
    private boolean healthy = true;
    private final MemberUpkeep upkeep = new MemberUpkeep(this::state, this::connect, QUOTA);

    /// A member that keeps the sizes of its database; it answers while there is a connection to it.
    private static final class Etcd implements MemberUpkeep.Etcd {
        private final List<Alarm> alarms = new ArrayList<>();
        private long bytes = 60 * MEGABYTE;
        private long used = 50 * MEGABYTE;
        private int defragmented;
        private int asked;
        private boolean away;
        private boolean closed;
        private Runnable whileItDefragments = () -> {
        };

        private void ask() {
            if (away || closed) {
                throw new EtcdFailure(EtcdFailure.Kind.UNREACHABLE, "cannot reach etcd");
            }
            asked++;
        }

        @Override
        public Status status() {
            ask();
            return new Status(OWN, 1, "3.4.23", bytes, used, OWN, 1, 1, false, List.of());
        }

        @Override
        public void defragment() {
            ask();
            defragmented++;
            bytes = used;
            whileItDefragments.run();
        }

        @Override
        public List<Alarm> alarms() {
            ask();
            return List.copyOf(alarms);
        }

        @Override
        public void disarm(Alarm alarm) {
            ask();
            alarms.remove(alarm);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static final class Warnings extends Handler {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
                lines.add(line.getMessage());
            }
        }

        @Override
        public void flush() {
            // nothing is kept back
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    @BeforeEach
    void listen() {
        logger.addHandler(warnings);
    }

    @AfterEach
    void stop() {
        logger.removeHandler(warnings);
    }

    private Member.State state() {
        return new Member.State(healthy, OWN, healthy ? OWN : 0,
                List.of(new EtcdCluster.Member(OWN, "server-1-a", List.of(), List.of(), false)));
    }

    private Etcd connect() {
        etcd.closed = false;
        return etcd;
    }

    private void perform() {
        MemberUpkeep.perform(etcd, QUOTA);
    }

    /// It was full, and has room once it is defragmented.
    private void fill() {
        etcd.alarms.add(new Alarm(OWN, "NOSPACE"));
        etcd.bytes = QUOTA;
        etcd.used = QUOTA - MEGABYTE;
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
        fill();
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

    @Test
    void aLeaderIsWaitedForHoweverLongThatTakes() {
        fill();
        healthy = false;
        for (int second = 0; second < 1_000; second++) {
            assertThat(upkeep.step()).isEqualTo(MemberUpkeep.WAIT_MILLIS);
        }
        assertThat(etcd.asked).isZero();
        healthy = true;
        assertThat(upkeep.step()).isEqualTo(MemberUpkeep.DONE);
        assertThat(etcd.alarms).isEmpty();
    }

    @Test
    void aFailureIsToldOnceAMinuteAndTheFifthIsTheLast() {
        etcd.away = true;
        for (int tries = 1; tries < MemberUpkeep.TRIES; tries++) {
            assertThat(upkeep.step()).isEqualTo(60_000);
        }
        assertThat(upkeep.step()).isEqualTo(MemberUpkeep.DONE);
        assertThat(warnings.lines).hasSize(5);
    }

    @Test
    void aStopEndsADefragmentationAndNothingIsDoneAfterIt() {
        fill();
        etcd.whileItDefragments = upkeep::close;
        assertThat(upkeep.step()).isEqualTo(MemberUpkeep.DONE);
        assertThat(etcd.defragmented).isEqualTo(1);
        assertThat(etcd.alarms).hasSize(1);
        assertThat(warnings.lines).isEmpty();
    }

    @Test
    void afterAStopNothingIsAsked() {
        fill();
        upkeep.close();
        assertThat(upkeep.step()).isEqualTo(MemberUpkeep.DONE);
        assertThat(etcd.asked).isZero();
    }
}
