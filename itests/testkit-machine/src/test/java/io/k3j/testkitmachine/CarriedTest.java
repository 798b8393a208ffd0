package io.k3j.testkitmachine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CarriedTest {
    private static final String OTHER = """
            "main" #3 prio=5
               java.lang.Thread.State: WAITING (parking)
            """;
    private static final String IDLE = """
            "ForkJoinPool-1-worker-1" #24 daemon
               java.lang.Thread.State: WAITING (parking)
            """;

    @Test
    void tellsWhatIsMountedWithoutTheCarriersOwnFrames() {
        String busy = """
                "ForkJoinPool-1-worker-2" #26 daemon
                   Carrying virtual thread #25
                	at jdk.internal.vm.Continuation.run(Continuation.java:251)
                   Mounted virtual thread #25
                	- waiting on the Class initialization monitor for A
                """;
        assertEquals(IDLE + """

                "ForkJoinPool-1-worker-2" #26 daemon
                   Mounted virtual thread #25
                	- waiting on the Class initialization monitor for A""",
                Carried.of(OTHER + "\n" + IDLE + "\n" + busy + "\n" + OTHER));
    }

    @Test
    void tellsOfDeadlocks() {
        assertEquals(IDLE + "Found one Java-level deadlock:\n=====",
                Carried.of(OTHER + "\n" + IDLE + "\n" + OTHER + "\n\nFound one Java-level deadlock:\n=====\n"));
    }

    @Test
    void tellsWhyThereIsNoAnswer() {
        assertEquals("17: No such process", Carried.of("17: No such process\n"));
    }
}
