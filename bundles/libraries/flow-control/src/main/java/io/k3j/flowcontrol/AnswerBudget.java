package io.k3j.flowcontrol;

import io.k3j.apiserverapi.Caller;

/// How much memory the large answers to requests may take while their clients read them. Nodes, components and
/// administrators have half of it for themselves, so that they are not refused for what users hold; in either half a
/// user has a part. Who has read at one for a minute is cut off where others wait.
public final class AnswerBudget {
    /// The part of the heap that answers may take.
    public static final int HEAP_PART = 4;
    /// The part of a half that one user may take.
    static final int USER_PART = 4;
    private final Pool system;
    private final Pool workload;

    /// @param most bytes
    /// @param largest what one user may take at least; as much is kept for administrators
    public AnswerBudget(long most, int largest) {
        system = Pool.ofMemory(most / 2, largest, USER_PART);
        workload = Pool.ofMemory(most / 2, largest, USER_PART);
    }

    /// Room for an answer, of which nothing is counted yet.
    /// @param end breaks the answer off; called as [Pool#room] says
    public Pool.Room room(Caller caller, Runnable end) {
        ClientLane lane = ClientLane.of(caller);
        return (lane == ClientLane.WORKLOAD ? workload : system).room(caller.user(), lane == ClientLane.EXEMPT, end);
    }

    /// How many bytes are taken.
    public long taken() {
        return system.taken() + workload.taken();
    }
}
