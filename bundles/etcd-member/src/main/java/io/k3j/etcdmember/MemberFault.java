package io.k3j.etcdmember;

/// This server cannot be a member as asked; the message says what, where, why and what to do.
final class MemberFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MemberFault(String message) {
        super(message);
    }
}
