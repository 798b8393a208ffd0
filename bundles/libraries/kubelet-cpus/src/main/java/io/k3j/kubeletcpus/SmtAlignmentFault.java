package io.k3j.kubeletcpus;

/// A container cannot have whole cores, by `full-pcpus-only`: upstream's `SMTAlignmentError` and its words.
public final class SmtAlignmentFault extends IllegalStateException {
    /// The reason of a pod that fails for it.
    public static final String REASON = "SMTAlignmentError";
    private static final long serialVersionUID = 1;

    private SmtAlignmentFault(String why) {
        super("SMT Alignment Error: " + why);
    }

    /// It asks for a part of a core.
    static SmtAlignmentFault part(int requested, int perCore) {
        return new SmtAlignmentFault(
                "requested " + requested + " cpus not multiple cpus per core = " + perCore);
    }

    /// Too few cores are free that no reserved CPU is in.
    static SmtAlignmentFault few(int requested, int perCore, int available) {
        return new SmtAlignmentFault("not enough free physical CPUs: available physical CPUs = " + available
                + ", requested CPUs = " + requested + ", CPUs per core = " + perCore);
    }
}
