package io.k3j.componentbase;

import java.lang.StackWalker.StackFrame;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;

/// What plug-ins call instead of `System.exit`, `Runtime.exit` and `Runtime.halt`: `plugins` redirects those calls
/// when it loads their classes. Nothing ends; the caller gets a `SecurityException`, as it would have by the security
/// manager of older Javas, and the bundle it belongs to is `STOPPED` by its health from then on.
public final class ProcessExit {
    private static final StackWalker FRAMES = StackWalker.getInstance(
            Set.of(StackWalker.Option.RETAIN_CLASS_REFERENCE, StackWalker.Option.SHOW_HIDDEN_FRAMES));

    private ProcessExit() {
    }

    /// Instead of `System.exit`.
    /// @throws SecurityException always
    public static void exit(int status) {
        throw refused("System.exit", status);
    }

    /// Instead of `Runtime.exit`.
    /// @param runtime whose method was to be called
    /// @throws SecurityException always
    public static void exit(Runtime runtime, int status) {
        throw refused("Runtime.exit", status);
    }

    /// Instead of `Runtime.halt`.
    /// @param runtime whose method was to be called
    /// @throws SecurityException always
    public static void halt(Runtime runtime, int status) {
        throw refused("Runtime.halt", status);
    }

    private static SecurityException refused(String call, int status) {
        Optional<StackFrame> caller = FRAMES.walk(all -> all.filter(frame -> owner(frame) != null).findFirst());
        String what = "called " + call + "(" + status + "), which would end the whole process";
        if (caller.isEmpty()) {
            return new SecurityException("a plug-in " + what);
        }
        StackFrame frame = caller.get();
        String where = what + ", in " + frame.getClassName() + "." + frame.getMethodName() + ", thread "
                + Thread.currentThread().getName();
        Bundle bundle = owner(frame);
        if (bundle != null) {
            FaultyBundle.tell(bundle, FaultyBundle.EXIT, where);
        }
        return new SecurityException((bundle == null ? "a plug-in" : bundle.getSymbolicName()) + " " + where);
    }

    /// The bundle of a frame's class, when it is a plug-in's or anybody else's but this one.
    private static @Nullable Bundle owner(StackFrame frame) {
        return frame.getDeclaringClass() == ProcessExit.class ? null
                : FrameworkUtil.getBundle(frame.getDeclaringClass());
    }
}
