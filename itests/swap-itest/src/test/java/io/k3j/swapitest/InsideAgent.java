package io.k3j.swapitest;

import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Loaded into the running process by [Inside]: writes what there is to a file, a line each. Knows nothing but the JDK
/// and the names of OSGi. Looks at no stack: the JVM (25.0.3, JDK-8364343) crashes now and then when it walks those of
/// virtual threads that run, as `Thread.dump_to_file` does.
public final class InsideAgent {
    private static final String PRODUCT = "io.k3j.";
    /// How deep a task may be wrapped: in what a virtual thread runs, in a future, in an adapter.
    private static final int WRAPPED = 6;
    private static final Set<String> OPENED = Set.of("java.lang", "java.util.concurrent", "jdk.internal.vm");

    private InsideAgent() {
    }

    /// What the attach mechanism calls.
    /// @param file written whole before this returns
    public static void agentmain(String file, Instrumentation jvm) throws IOException, ReflectiveOperationException {
        Set<Module> here = Set.of(InsideAgent.class.getModule());
        Map<String, Set<Module>> opened = Map.of("java.lang", here, "java.util.concurrent", here, "jdk.internal.vm",
                here);
        jvm.redefineModule(Object.class.getModule(), Set.of(), Map.of("jdk.internal.vm", here), opened, Set.of(),
                Map.of());
        StringBuilder out = new StringBuilder();
        Object root = Class.forName("jdk.internal.vm.ThreadContainers").getMethod("root").invoke(null);
        threads(out, root);
        services(out, jvm);
        Files.writeString(Path.of(file), out.append("end\n"));
    }

    private static void threads(StringBuilder out, Object container) throws ReflectiveOperationException {
        Class<?> type = Class.forName("jdk.internal.vm.ThreadContainer");
        for (Object thread : ((Stream<?>) type.getMethod("threads").invoke(container)).toList()) {
            Thread one = (Thread) thread;
            if (one.isVirtual()) {
                String name = one.getName().isEmpty() ? task(one, WRAPPED) : one.getName();
                out.append("thread\t").append(one.threadId()).append('\t').append(name).append('\n');
            }
        }
        for (Object child : ((Stream<?>) type.getMethod("children").invoke(container)).toList()) {
            threads(out, child);
        }
    }

    /// The class of the product's that an unnamed thread runs, without the number of a lambda.
    private static String task(Object at, int deep) throws ReflectiveOperationException {
        String name = at.getClass().getName();
        if (name.startsWith(PRODUCT)) {
            return name.replaceAll("\\$\\$Lambda.*", "");
        }
        for (Class<?> type = at.getClass(); deep > 0 && name.startsWith("java.") && type != null; type = type
                .getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                String found = inside(at, field, deep);
                if (!found.isEmpty()) {
                    return found;
                }
            }
        }
        return "";
    }

    private static String inside(Object at, Field field, int deep) throws ReflectiveOperationException {
        boolean wraps = Stream.of("Continuation", "Runnable", "Callable")
                .anyMatch(type -> field.getType().getSimpleName().endsWith(type));
        if (!wraps || Modifier.isStatic(field.getModifiers()) || !OPENED.contains(field.getDeclaringClass()
                .getPackageName())) {
            return "";
        }
        field.setAccessible(true);
        Object value = field.get(at);
        return value == null ? "" : task(value, deep - 1);
    }

    private static void services(StringBuilder out, Instrumentation jvm) throws ReflectiveOperationException {
        for (Class<?> type : jvm.getAllLoadedClasses()) {
            if (type.getName().startsWith(PRODUCT) && !type.equals(InsideAgent.class)) {
                Object bundle = Class.forName("org.osgi.framework.FrameworkUtil")
                        .getMethod("getBundle", Class.class).invoke(null, type);
                Object context = bundle == null ? null : call(bundle, "org.osgi.framework.Bundle", "getBundleContext");
                if (context != null) {
                    services(out, context);
                    return;
                }
            }
        }
    }

    private static void services(StringBuilder out, Object context) throws ReflectiveOperationException {
        Class<?> type = Class.forName("org.osgi.framework.BundleContext");
        Object[] all = (Object[]) type.getMethod("getAllServiceReferences", String.class, String.class)
                .invoke(context, null, null);
        for (Object reference : all) {
            Class<?> kind = Class.forName("org.osgi.framework.ServiceReference");
            Object owner = kind.getMethod("getBundle").invoke(reference);
            Object[] names = (Object[]) kind.getMethod("getProperty", String.class).invoke(reference, "objectClass");
            Object id = kind.getMethod("getProperty", String.class).invoke(reference, "service.id");
            String of = owner == null ? "nobody"
                    : call(owner, "org.osgi.framework.Bundle", "getSymbolicName").toString();
            out.append("service\t").append(id).append('\t').append(of).append(' ').append(List.of(names)).append('\n');
        }
    }

    private static Object call(Object on, String type, String method) throws ReflectiveOperationException {
        return Class.forName(type).getMethod(method).invoke(on);
    }

}
