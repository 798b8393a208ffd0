package io.k3j.kubeletcadvisor;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// What a control group has used by a time. A value. Memory is bytes, time nanoseconds.
///
/// @param entry the group
/// @param at when it was measured
/// @param created when it was made
/// @param limits what it may use
/// @param cpu processor time
/// @param memory memory and swap
/// @param tasks processes and threads
/// @param io what it has read and written, by disk
/// @param mounted the file systems of the node; of the whole machine only
/// @param networks interfaces of its network; of the machine and of sandboxes only
/// @param pressure how long it has waited, by what for
record CgroupSample(CgroupEntry entry, Instant at, Instant created, Limits limits, Cpu cpu, Memory memory, Tasks tasks,
        List<DeviceIo> io, List<MountedDevice> mounted, List<InterfaceCounters> networks,
        Map<String, Stall> pressure) {
    /// What a group may use.
    ///
    /// @param processor whether processor time is limited and counted for it
    /// @param period of the quota, microseconds
    /// @param quota microseconds per period, 0 for none
    /// @param shares of version 1, whatever the version
    /// @param memory whether memory is limited and counted for it
    /// @param memoryBytes [KernelText#UNLIMITED] for no limit, as the two below
    /// @param swapBytes of swap, in version 1 of memory and swap together
    /// @param reservedBytes what is left to it when memory is short
    record Limits(boolean processor, long period, long quota, long shares, boolean memory, long memoryBytes,
            long swapBytes, long reservedBytes) {
    }

    /// Processor time.
    ///
    /// @param total altogether
    /// @param user outside of the kernel
    /// @param system in the kernel
    /// @param periods in which a quota counted
    /// @param throttledPeriods in which it was used up
    /// @param throttled how long its threads waited then
    /// @param burstPeriods in which it went beyond the quota
    /// @param burst how far
    record Cpu(long total, long user, long system, long periods, long throttledPeriods, long throttled,
            long burstPeriods, long burst) {
    }

    /// Memory and swap.
    ///
    /// @param usage altogether
    /// @param peak the most there was
    /// @param failures how often the limit was met
    /// @param kernel of the kernel's own
    /// @param cache of files
    /// @param rss anonymous
    /// @param swap on the swap device
    /// @param mappedFile of files that are mapped
    /// @param activeFile of files, used lately
    /// @param inactiveFile of files, not used lately
    /// @param faults page faults
    /// @param majorFaults those of them that read a disk
    /// @param oomKills processes that were killed for memory
    record Memory(long usage, long peak, long failures, long kernel, long cache, long rss, long swap, long mappedFile,
            long activeFile, long inactiveFile, long faults, long majorFaults, long oomKills) {
        /// What cannot be dropped.
        long workingSet() {
            return Math.max(0, usage - inactiveFile);
        }
    }

    /// Threads.
    ///
    /// @param current that there are
    /// @param most that there may be, 0 for any number
    record Threads(long current, long most) {
    }

    /// Processes of the group itself, not of those below it.
    ///
    /// @param processes how many
    /// @param open what they have open
    /// @param threads of those below, too
    /// @param openFilesLimit of the first process, -1 for any number; empty where no process is the first
    record Tasks(long processes, OpenFiles.Count open, Threads threads, OptionalLong openFilesLimit) {
    }

    /// How long it was waited for something that was short, microseconds.
    ///
    /// @param some by at least one
    /// @param full by all at once
    record Stall(long some, long full) {
        /// Not at all.
        static final Stall NONE = new Stall(0, 0);
    }
}
