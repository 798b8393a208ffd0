package io.k3j.testkitosgi;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.ExamSystem;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.TestContainer;
import org.ops4j.pax.exam.nat.internal.NativeTestContainer;
import org.ops4j.pax.exam.spi.DefaultExamSystem;
import org.ops4j.pax.exam.spi.PaxExamRuntime;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/// Starts the container before a class's first test and stops it after the last.
final class FrameworkExtension implements BeforeAllCallback, AfterAllCallback, InvocationInterceptor {
    private static final ExtensionContext.Namespace STORE = ExtensionContext.Namespace.create(FrameworkExtension.class);
    private static final List<String> BASE = List.of("org.osgi.util.function", "org.osgi.util.promise",
            "org.osgi.service.component", "org.apache.felix.configadmin", "org.apache.felix.scr");
    private static final List<String> SHARED = List.of("org.junit.jupiter.api", "org.junit.jupiter.api.function",
            "org.junit.jupiter.api.extension", "org.opentest4j", "org.assertj.core.api", "org.assertj.core.error",
            "org.assertj.core.description", "org.assertj.core.presentation", "org.assertj.core.util",
            "io.k3j.testkitosgi");
    private static final int TIMEOUT_MILLIS = 120_000;

    private record Running(TestContainer container, Bundle probe, Class<?> twin) {
    }

    /// Found by JUnit through [InFramework].
    FrameworkExtension() {
        // what it holds is in the store of JUnit
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        Class<?> test = context.getRequiredTestClass();
        ExamSystem system = DefaultExamSystem.create(options(test.getAnnotation(InFramework.class)));
        TestContainer container = PaxExamRuntime.createContainer(system).start();
        boolean ready = false;
        try {
            BundleContext framework = ((NativeTestContainer) container).getSystemBundle().getBundleContext();
            Bundle probe = framework.installBundle("probe:" + test.getName(),
                    new ByteArrayInputStream(Probe.of(test)));
            probe.start();
            context.getStore(STORE).put(test, new Running(container, probe, probe.loadClass(test.getName())));
            ready = true;
        } finally {
            if (!ready) {
                container.stop();
            }
        }
    }

    private static Option[] options(InFramework wanted) throws IOException {
        ClassPathBundles bundles = new ClassPathBundles();
        List<Option> options = new ArrayList<>();
        BASE.forEach(name -> options.add(CoreOptions.bundle(bundles.file(name).toUri().toString())));
        for (String name : wanted.bundles()) {
            options.add(CoreOptions.bundle(bundles.file(name).toUri().toString()));
        }
        SHARED.forEach(name -> options.add(CoreOptions.systemPackage(name)));
        Arrays.stream(wanted.shared()).forEach(name -> options.add(CoreOptions.systemPackage(name)));
        options.add(CoreOptions.frameworkProperty("felix.service.urlhandlers").value("false"));
        options.add(CoreOptions.frameworkProperty("org.osgi.framework.bsnversion").value("multiple"));
        options.add(CoreOptions.systemTimeout(TIMEOUT_MILLIS));
        options.add(CoreOptions.cleanCaches(true));
        return options.toArray(Option[]::new);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Running running = context.getStore(STORE).remove(context.getRequiredTestClass(), Running.class);
        if (running != null) {
            running.container.stop();
        }
    }

    @Override
    public void interceptTestMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> method,
            ExtensionContext context) throws Throwable {
        inside(invocation, method, context);
    }

    @Override
    public void interceptTestTemplateMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> method,
            ExtensionContext context) throws Throwable {
        inside(invocation, method, context);
    }

    private static void inside(Invocation<Void> invocation, ReflectiveInvocationContext<Method> outer,
            ExtensionContext context) throws Throwable {
        invocation.skip();
        Running running = context.getStore(STORE).get(context.getRequiredTestClass(), Running.class);
        Method method = Arrays.stream(running.twin.getDeclaredMethods())
                .filter(candidate -> candidate.getName().equals(outer.getExecutable().getName())
                        && candidate.getParameterCount() == outer.getExecutable().getParameterCount())
                .findFirst().orElseThrow();
        method.setAccessible(true);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(running.twin.getClassLoader());
        try (Twin twin = Twin.of(running.twin, running.probe.getBundleContext())) {
            method.invoke(twin.instance(), outer.getArguments().toArray());
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
