# A stand-in for the real gateway: it answers on its port.
FROM busybox:1.37.0
ARG VERSION=0
RUN mkdir -p /app/www && echo "user-gateway ${VERSION}" > /app/www/index.html
CMD ["httpd", "-f", "-p", "8080", "-h", "/app/www"]
